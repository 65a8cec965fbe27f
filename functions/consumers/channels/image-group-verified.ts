import { defineConsumer } from '../runtime/consume.ts';

/** An image group finished verification: its documents. */
export const handler = defineConsumer();
