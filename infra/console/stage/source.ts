import { Hono } from 'hono';
import { examineAll } from '../../ops/dead-letters/examine.ts';
import type { Target } from '../../ops/target/target.ts';
import type { ConsoleSource } from '../source.ts';
import { findBookPage, listBooks } from './books.ts';
import { listDeliveries, storyPage } from './deliveries.ts';
import { createStageSnapshots } from './snapshot.ts';

/** Calls of AWS cost money and quota. */
const EVERY_MS = 10_000;

/** A deployed stage for the console. Nothing is written: its pages call the functions of the commands that look. */
export function openStageSource(
  target: Target,
  { stage, opsFlags }: { readonly stage: string; readonly opsFlags: string },
): ConsoleSource {
  const ended = new AbortController();
  const until = (signal: AbortSignal) => AbortSignal.any([signal, ended.signal]);
  const routes = new Hono();
  routes.get('/books', async ({ req, json }) =>
    json(await listBooks(target, { isMissing: req.query('missing') === 'true' })),
  );
  return {
    reader: target.reader,
    everyMs: EVERY_MS,
    snapshot: createStageSnapshots(target, { stage, opsFlags, signal: ended.signal }),
    deliveries: (query, signal) => listDeliveries(target, query, until(signal)),
    delivery: (id, query, signal) => storyPage(target, id, query, until(signal)),
    book: (id) => findBookPage(target, id),
    channels: Object.keys(target.queues),
    deadLetters: (channel, signal) => examineAll(target, channel, until(signal)),
    unknown: {
      delivery:
        'no such delivery: not in a dead-letter queue, not in the logs of a week, and not in the ledger of the last 24 hours, or of its book; "ops delivery" reads the whole ledger',
      book: 'nothing is stored of this book; a pk is known only while its book is polled',
    },
    routes,
    close: () => ended.abort(),
  };
}
