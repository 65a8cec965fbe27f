/**
 * Makes zod run a check across settings even if some of them have faults, so that one run reports all faults. A setting may
 * then be missing or have another type than its TypeScript type: the check must tolerate that.
 */
export const DESPITE_OTHER_FAULTS = { when: () => true };
