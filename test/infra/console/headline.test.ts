import { expect, it } from 'vitest';
import { headlineOf, type State } from '../../../infra/console/views/headline.ts';
import { type Checked, fail, ok, warn } from '../../../infra/ops/doctor/check.ts';

const FINE: Checked = { name: 'Ocrolus', ...ok('refuses nothing') };
const REFUSED: Checked = { name: 'Ocrolus', ...fail('default: credentials refused', 'set them') };
const PAUSED: Checked = { name: 'paused', ...warn('income: deliveries wait', 'ops resume income') };
const RETRIED: Checked = { name: 'retried deliveries', ...warn('1 (http-500)', 'ops delivery x') };
const UNREAD: Checked = { name: 'books', ...fail('no answer', 'look'), isUnread: true };
const DEAD: Checked = { name: 'dead letters', ...fail('income 2', 'ops dlq income') };

const WELL: State = {
  health: [FINE],
  ...{ dead: 0, queued: 0, pollerProblem: '', books: 3, lacking: 0 },
};
const headline = (more: Partial<State>) => headlineOf({ ...WELL, ...more });

it('all is well if everything was read, and nothing found', () => {
  expect(headlineOf(WELL)).toEqual({ tone: 'ok', text: 'All is well: every book has what it should have.' });
});

it.each<[Partial<State>, tone: string, text: string]>([
  [{ health: [REFUSED] }, 'bad', 'Ocrolus: default: credentials refused.'],
  [
    { health: [PAUSED, REFUSED] },
    'bad',
    'Ocrolus: default: credentials refused. 1 other problem: see the overview.',
  ],
  [
    { health: [REFUSED, UNREAD, PAUSED, RETRIED], dead: 2 },
    'bad',
    'Ocrolus: default: credentials refused. 4 other problems: see the overview.',
  ],
  [{ dead: 2, health: [FINE, DEAD] }, 'bad', '2 dead letters: fix the cause, then redrive.'],
  [
    { health: [PAUSED, UNREAD, { ...UNREAD, name: 'paused' }] },
    'warn',
    'Not everything could be read: books, paused. 1 other problem: see the overview.',
  ],
  [{ health: [PAUSED], queued: 3 }, 'warn', 'paused: income: deliveries wait.'],
  [{ pollerProblem: 'it cannot read' }, 'warn', 'The poller: it cannot read.'],
  [{ health: [RETRIED], queued: 2 }, 'warn', 'retried deliveries: 1 (http-500).'],
  [{ queued: 2, health: undefined }, 'busy', '2 messages in the queues.'],
  [
    { lacking: 1 },
    'busy',
    '1 book has missing results: Ocrolus has not finished, or the poller will fetch them.',
  ],
  [{ health: undefined }, 'busy', 'The state of the stack is being read …'],
  [{ books: 0 }, 'ok', 'Ready. Nothing has happened yet.'],
])('%j is summed up: %s, %s', (more, tone, text) => {
  expect(headline(more)).toEqual({ tone, text });
});
