import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeDocumentSignals } from './observe/detect.ts';

/** Detect found no tampering signals in the document: its (empty) signals and its score. */
export const observe: Observe = (observing) => storeDocumentSignals(observing);

export const handler = defineConsumer('detect-signal-not-found', observe);
