/** Event for the poller on an operator's request: books with missing results are polled even if they are not due. */
export const POLL_NOW = { mode: 'now' } as const;
