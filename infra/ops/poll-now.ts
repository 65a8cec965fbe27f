/** The poller's event when an operator asks: books that lack something are polled whether due or not. */
export const POLL_NOW = { mode: 'now' } as const;
