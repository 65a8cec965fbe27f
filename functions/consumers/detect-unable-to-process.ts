import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeUnableToProcess } from './observe/detect.ts';
import { readBody } from './observe/payload.ts';
import { findReason } from './observe/reason.ts';

/** Detect could not run on the document: the reason, wherever the body has it. */
export const observe: Observe = async (observing) =>
  storeUnableToProcess(observing, findReason(await readBody(observing)));

export const handler = defineConsumer('detect-unable-to-process', observe);
