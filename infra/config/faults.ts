/**
 * Makes zod run a check across settings even if some of them have faults, so that one run reports all faults. The
 * check must tolerate settings that are missing or do not have their TypeScript type.
 */
export const DESPITE_OTHER_FAULTS = { when: () => true };
