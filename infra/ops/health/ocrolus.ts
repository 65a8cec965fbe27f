import { isAboutBook } from '../../../shared/checklist/circuit-state.ts';
import { isOfCredentials } from '../../../shared/events/statuses.ts';
import { readLastPause } from '../../../shared/rate-limit/bucket.ts';
import { BOOK_STATUS, type Refusals, readRefusals } from '../../../shared/store/polling/circuits.ts';
import { iso } from '../../../shared/time.ts';
import { type Check, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import { rangeSince, SERIES } from '../metrics/series.ts';
import type { Target } from '../target/target.ts';

/** Each read of a secret of a stage costs a request, and an entry in CloudTrail. */
const SECRETS_SECONDS = 60;

/** Time after a pause in which Ocrolus counts as throttling: others soon follow if it does. */
const THROTTLED_MS = 30_000;

/** Time over which answers 429 are compared with all. */
const SHARE_MS = 5 * 60_000;

/** Share of answers 429 from which on they slow everything down. A few are normal: other systems share the limit. */
const THROTTLED_SHARE = 0.1;

export const OCROLUS_CHECKS: readonly Check<SystemContext>[] = [
  {
    name: 'Ocrolus',
    otherwise: 'see whether the table is there, and whether you may read it',
    async run({ target }) {
      const accounts = await target.accounts();
      const refusals = (await readRefusals(target.table())).filter(({ account }) =>
        accounts.includes(account),
      );
      // The next answer of Book status removes its refusal. Any other may be the last request for its kind, and of long ago.
      const present = refusals.filter(({ kind, openedAt }) => kind === BOOK_STATUS || openedAt !== undefined);
      const credentials = present.filter(isOfCredentials);
      const ofBooks = present.filter((one) => !isOfCredentials(one) && one.openedAt !== undefined);
      const found = [
        ...describe('credentials or account refused', credentials),
        ...describe('refused for every book', ofBooks),
      ].join('; ');
      const facts = factsOf([...credentials, ...ofBooks]);
      if (credentials.length > 0) {
        const changed = await changesOf(target, credentials);
        return fail(
          `${found}${changed}`,
          'docs/runbook.md#ocrolus-unavailable; new credentials take effect at the next try, every five minutes',
          facts,
        );
      }
      if (ofBooks.some(({ kind, code }) => kind === BOOK_STATUS && !isAboutBook(code))) {
        return fail(found, 'docs/runbook.md#ocrolus-unavailable', facts);
      }
      return ofBooks.length === 0
        ? ok(`refuses no kind of result for every book of ${accounts.join(', ')}`)
        : warn(
            found,
            'give a kind that the contract lacks the policy never; docs/runbook.md#results-overdue',
            facts,
          );
    },
  },
  {
    name: 'throttling',
    otherwise: 'needs the table and cloudwatch:GetMetricData',
    async run({ target, which, now }) {
      const until = await readLastPause(target.table());
      if (until === undefined) return ok('Ocrolus has never answered 429');
      if (until < now - THROTTLED_MS) return ok(`none since ${iso(until)}`);
      const { calls, throttled } = await countAnswers(target, now);
      const share =
        calls === 0
          ? 'Ocrolus answered 429'
          : `${throttled} of ${calls} calls of the last minutes answered 429`;
      const found = `${share}, and calls paused until ${iso(until)}`;
      return throttled < calls * THROTTLED_SHARE
        ? ok(`few: ${found}`)
        : warn(found, todoOf('429', which), { since: iso(until), count: throttled });
    },
  },
  {
    name: 'webhook secrets',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#secret-missing',
    everySeconds: SECRETS_SECONDS,
    async run({ target, which }) {
      const accounts = await target.accounts();
      const isSet = await Promise.all(
        accounts.map(async (account) => (await target.webhookSecret(account)) !== ''),
      );
      const unset = accounts.filter((_, index) => !isSet[index]);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(`not set: ${unset.join(', ')}`, `docs/runbook.md#secret-missing; then ops register${which}`, {
            concerns: unset,
          });
    },
  },
  {
    name: 'API credentials',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#ocrolus-unavailable',
    everySeconds: SECRETS_SECONDS,
    async run({ target }) {
      const accounts = await target.accounts();
      const access = await Promise.all(accounts.map((account) => target.ocrolus(account)));
      const unset = accounts.filter((_, index) => access[index]?.credentials === undefined);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(
            `not filled in: ${unset.join(', ')}`,
            'put {"clientId":"…","clientSecret":"…"} into the secret ocrolus/<stage>/<account>/credentials',
            { concerns: unset },
          );
    },
  },
];

/** Calls to Ocrolus within five minutes. CloudWatch has them after a minute or two. */
async function countAnswers(target: Target, now: number) {
  const series = SERIES.filter(({ id }) => id === 'calls' || id === 'throttled');
  const values = await target.metrics(series, rangeSince(now - SHARE_MS, now));
  const [calls = 0, throttled = 0] = values.map((counts) =>
    counts.reduce((sum: number, count) => sum + (count ?? 0), 0),
  );
  return { calls, throttled };
}

function factsOf(refusals: readonly Refusals[]) {
  const concerns = [...new Set(refusals.map(({ account }) => account))];
  return { concerns, since: refusals.flatMap(({ openedAt }) => openedAt ?? []).toSorted()[0] };
}

/** When the credentials of these accounts were last changed, as far as it is known. */
async function changesOf(target: Target, refusals: readonly Refusals[]): Promise<string> {
  const accounts = [...new Set(refusals.map(({ account }) => account))];
  const texts = accounts.map(async (account) => {
    // Another check says if they cannot be read.
    const changedAt = await target.ocrolus(account).then(
      (access) => access.changedAt,
      () => undefined,
    );
    return changedAt === undefined ? '' : `; the credentials of ${account} were changed at ${changedAt}`;
  });
  return (await Promise.all(texts)).join('');
}

/** A text for each account and code. */
function describe(what: string, refusals: readonly Refusals[]): string[] {
  return [...Map.groupBy(refusals, ({ account, code }) => `${account}: ${what} (${code})`)].map(
    ([text, all]) => {
      const [since] = all.flatMap(({ openedAt }) => openedAt ?? []).toSorted();
      const books = Math.max(...all.map((one) => one.books));
      const kinds = all.map(({ kind }) => kind).join(', ');
      const count = since === undefined ? books : `at least ${books}, since ${since}`;
      return `${text}: ${kinds}, books: ${count}`;
    },
  );
}

/** What to do about calls to Ocrolus that fail, by the code of the failure or by a text that contains it. */
export function todoOf(code: string, which: string): string {
  if (/\b((http-)?429|throttled)\b/.test(code)) {
    return `Ocrolus's limit is used up: ops metrics${which} shows since when; docs/runbook.md#ocrolus-rate-limited`;
  }
  if (/\b(http-5\d\d|5\d\d|network|timeout|html)\b/.test(code)) {
    return 'Ocrolus does not work: see its status page, and wait; docs/runbook.md#ocrolus-unavailable';
  }
  if (/credentials|\b(auth|token)\b|\b(http-)?40[13]\b|\b(1200|13\d\d)\b/.test(code)) {
    return 'check the API credentials; docs/runbook.md#ocrolus-unavailable';
  }
  return `ops doctor --probe${which} shows what Ocrolus answers now; docs/runbook.md#ocrolus-unavailable`;
}

/** True if a code is one of Ocrolus, or of the way to it, and not of this stack. */
export function isOfOcrolus(code: string): boolean {
  return /^(auth|token|refused|throttled|network|timeout|html|http-\d{3}|\d{3,4})$/.test(code);
}
