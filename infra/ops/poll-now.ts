/** The poller's event when an operator asks: books with missing results are polled even if they are not due. */
export const POLL_NOW = { mode: 'now' } as const;
