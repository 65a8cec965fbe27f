import { defineConsumer } from '../runtime/define-consumer.ts';

/** An image group finished verification: its documents. */
export const handler = defineConsumer('image-group-verified');
