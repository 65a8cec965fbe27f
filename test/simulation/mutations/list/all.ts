import type { Mutation } from '../mutation.ts';
import { ANSWERS } from './answers.ts';
import { ASK } from './ask.ts';
import { CHECKLIST } from './checklist.ts';
import { CONSUMERS } from './consumers.ts';
import { MARKS } from './marks.ts';
import { OBSERVE } from './observe.ts';
import { POLLER } from './poller.ts';
import { RESULTS } from './results.ts';
import { SETTLE } from './settle.ts';
import { STORE } from './store.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...ANSWERS,
  ...CHECKLIST,
  ...MARKS,
  ...OBSERVE,
  ...ASK,
  ...SETTLE,
  ...RESULTS,
  ...STORE,
  ...CONSUMERS,
  ...POLLER,
];
