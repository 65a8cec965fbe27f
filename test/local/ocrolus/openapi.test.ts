import { beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../../infra/local/ocrolus/routes/index.ts';
import { compareAll } from './vendor/compare.ts';
import { documentedOperations, hasVendorDocuments } from './vendor/documents.ts';
import { KNOWN_DIFFERENCES } from './vendor/known-differences.ts';
import { playEveryRoute } from './vendor/play.ts';
import type { Played } from './vendor/player.ts';

let played: readonly Played[];
beforeAll(async () => {
  played = await playEveryRoute();
});

it.each([...new Set(ROUTES.map(({ operation }) => operation))])('%s is played with success', (operation) => {
  // The pre-signed URL of a job's result is no operation of the API.
  if (operation === 'async-job-result') return;
  expect(played.filter((one) => one.operation === operation && one.status < 300)).not.toEqual([]);
});

describe.skipIf(!hasVendorDocuments)("the vendor's documents and examples", () => {
  let differences: readonly string[];
  beforeAll(() => {
    differences = compareAll(played, documentedOperations());
  });

  it('are answered as they say, but for the known differences', () => {
    const isKnown = (line: string) => KNOWN_DIFFERENCES.some(([difference]) => difference.test(line));
    expect(differences.filter((line) => !isKnown(line))).toEqual([]);
  });

  it.each(KNOWN_DIFFERENCES)('%s is still a difference: %s', (difference) => {
    expect(differences.some((line) => difference.test(line))).toBe(true);
  });
});
