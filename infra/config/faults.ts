/**
 * Makes zod run a check across settings although some of them have faults already, so that one run names all.
 * What the check looks at may then be missing or of another type than TypeScript believes: it must bear that.
 */
export const BESIDE_OTHER_FAULTS = { when: () => true };
