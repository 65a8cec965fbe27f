import { defineConsumer } from '../runtime/consume.ts';

/** Fetches Middesk's result for a business. */
export const handler = defineConsumer();
