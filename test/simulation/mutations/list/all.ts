import type { Mutation } from '../mutation.ts';
import { CHECKLIST } from './checklist.ts';
import { CONSUMERS } from './consumers.ts';
import { POLLER } from './poller.ts';
import { RECONCILE } from './reconcile.ts';
import { STORE } from './store.ts';

export const MUTATIONS: readonly Mutation[] = [...CHECKLIST, ...RECONCILE, ...STORE, ...CONSUMERS, ...POLLER];
