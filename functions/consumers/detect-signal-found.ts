import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeDocumentSignals } from './observe/detect.ts';

/** Detect found tampering signals in the document: its signals. */
export const observe: Observe = (observing) => storeDocumentSignals(observing);

export const handler = defineConsumer('detect-signal-found', observe);
