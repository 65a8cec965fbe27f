import type { QueueDepth } from '../../ops/queues/state.ts';

/** Messages in all queues, and in all dead-letter queues. */
export function countMessages(queues: readonly (QueueDepth & { readonly dlq: number })[]) {
  const sum = (name: 'visible' | 'delayed' | 'inFlight' | 'dlq') =>
    queues.reduce((all, queue) => all + queue[name], 0);
  return { waiting: sum('visible') + sum('delayed'), inFlight: sum('inFlight'), dead: sum('dlq') };
}
