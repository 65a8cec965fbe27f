import { expect, test } from 'vitest';
import { BACKGROUND } from '../simulation/faults/episodes.ts';
import { DEFAULT_SHARES } from '../simulation/ocrolus/profile.ts';
import { HOUR } from '../simulation/ocrolus/random.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';

/** Books as they come: some reopened, corrected late, refused or never finished. A night without any fault has nothing else. */
const ORDINARY = { profile: { shares: { ...DEFAULT_SHARES, otherEvents: 0 } }, hours: 4 } satisfies Rehearsal;

const NIGHTS: readonly [night: string, Rehearsal, tickets?: readonly string[]][] = [
  [
    'a request to AWS or Ocrolus fails now and then',
    {
      ...ORDINARY,
      faults: {
        ...BACKGROUND,
        ports: { ...BACKGROUND.ports, table: { failBefore: 0.001, failAfter: 0.001 } },
        delivery: {},
        killed: {},
      },
    },
  ],
  [
    'Ocrolus fails for three minutes, while three hundred books arrive within three hours',
    {
      ...ORDINARY,
      books: 300,
      profile: { ...ORDINARY.profile, arrivalMs: 3 * HOUR },
      hours: 0.05,
      after: 4,
      faults: { api: { serverError: 1 } },
    },
    // A ticket, and true: what arrives while Book status fails names documents that are not known yet, so a look finds them.
    ['recovered-by-poll'],
  ],
];

test.each(NIGHTS)('nothing rings: %s', { timeout: 600_000 }, async (_night, rehearsal, tickets = []) => {
  const rung = Object.keys(await rehearse(rehearsal));
  expect(rung.filter((name) => !tickets.includes(name))).toEqual([]);
});
