import { defineConsumer } from '../runtime/consume.ts';

/** What Middesk found out about a business is ready. */
export const handler = defineConsumer();
