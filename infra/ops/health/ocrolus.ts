import { isAboutBook } from '../../../shared/checklist/circuit-state.ts';
import { isOfCredentials } from '../../../shared/events/statuses.ts';
import { BOOK_STATUS, type Refusals, readRefusals } from '../../../shared/store/polling/circuits.ts';
import { type Check, fail, ok, warn } from '../doctor/check.ts';
import type { SystemContext } from './context.ts';

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
      if (credentials.length > 0) {
        return fail(
          found,
          'docs/runbook.md#ocrolus-unavailable; new credentials take effect at the next try, every five minutes',
        );
      }
      if (ofBooks.some(({ kind, code }) => kind === BOOK_STATUS && !isAboutBook(code))) {
        return fail(found, 'docs/runbook.md#ocrolus-unavailable');
      }
      return ofBooks.length === 0
        ? ok(`refuses nothing to ${accounts.join(', ')}`)
        : warn(
            found,
            'give a kind that the contract lacks the policy never; docs/runbook.md#results-overdue',
          );
    },
  },
  {
    name: 'webhook secrets',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#secret-missing',
    async run({ target, which }) {
      const accounts = await target.accounts();
      const isSet = await Promise.all(
        accounts.map(async (account) => (await target.webhookSecret(account)) !== ''),
      );
      const unset = accounts.filter((_, index) => !isSet[index]);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(`not set: ${unset.join(', ')}`, `docs/runbook.md#secret-missing; then ops register${which}`);
    },
  },
  {
    name: 'API credentials',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#ocrolus-unavailable',
    async run({ target }) {
      const accounts = await target.accounts();
      const access = await Promise.all(accounts.map((account) => target.ocrolus(account)));
      const unset = accounts.filter((_, index) => access[index]?.credentials === undefined);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(
            `not filled in: ${unset.join(', ')}`,
            'put {"clientId":"…","clientSecret":"…"} into the secret ocrolus/<stage>/<account>/credentials',
          );
    },
  },
];

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
