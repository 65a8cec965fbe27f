/** The poller's event when an operator asks: books at work are looked at whether due or not. */
export const POLL_NOW = { mode: 'now' } as const;
