import type { Health } from './health.ts';

interface Headline {
  readonly text: string;
  readonly tone: 'ok' | 'busy' | 'warn' | 'bad';
}

/** What the headline depends on. */
export interface State {
  /** `undefined`: not read yet. */
  readonly health: Health | undefined;
  /** Messages in dead-letter queues, and in the others. */
  readonly dead: number;
  readonly queued: number;
  /** What the last run of the poller reports: empty if it had no problem, or there was none. */
  readonly pollerProblem: string;
  /** Number of stored books, and of those that lack a result. */
  readonly books: number;
  readonly lacking: number;
  /** There are other books, which were not read. */
  readonly isCut?: boolean;
}

/**
 * The state of the stack in one sentence: the worst that was found, or else what is in progress. All is well only if
 * everything was read, and nothing was found.
 */
export function headlineOf(state: State): Headline {
  const { health, queued, books, lacking } = state;
  const [worst, ...others] = problemsOf(state);
  if (worst !== undefined) {
    const more = others.length === 0 ? '' : ` ${plural(others.length, 'other problem')}: see the overview.`;
    return { ...worst, text: worst.text + more };
  }
  if (queued > 0) return { tone: 'busy', text: `${plural(queued, 'message')} in the queues.` };
  if (lacking > 0) {
    return {
      tone: 'busy',
      text: `${plural(lacking, 'book')} ${lacking === 1 ? 'has' : 'have'} missing results: Ocrolus has not finished, or the poller will fetch them.`,
    };
  }
  if (health === undefined) return { tone: 'busy', text: 'The state of the stack is being read …' };
  if (books === 0) return { tone: 'ok', text: 'Ready. Nothing has happened yet.' };
  const which = state.isCut === true ? `each of the ${books} books that are polled next` : 'every book';
  return { tone: 'ok', text: `All is well: ${which} has what it should have.` };
}

/** The worst first. Dead letters are counted by the snapshot, which is newer than their check. */
function problemsOf({ health = [], dead, pollerProblem }: State): Headline[] {
  const unread = health.filter(({ isUnread }) => isUnread === true).map(({ name }) => name);
  const found = (state: 'fail' | 'warn', tone: Headline['tone']) =>
    health
      .filter((one) => one.state === state && one.isUnread !== true && one.name !== 'dead letters')
      .map((one) => ({ tone, text: `${one.name}: ${one.found}.` }));
  const problem = (is: boolean, tone: Headline['tone'], text: string) => (is ? [{ tone, text }] : []);
  return [
    ...found('fail', 'bad'),
    ...problem(dead > 0, 'bad', `${plural(dead, 'dead letter')}: fix the cause, then redrive.`),
    ...problem(unread.length > 0, 'warn', `Not everything could be read: ${unread.join(', ')}.`),
    ...problem(pollerProblem !== '', 'warn', `The poller: ${pollerProblem}.`),
    ...found('warn', 'warn'),
  ];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
