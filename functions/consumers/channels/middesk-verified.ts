import { defineConsumer } from '../runtime/define-consumer.ts';

/** What Middesk found out about a business is ready. */
export const handler = defineConsumer();
