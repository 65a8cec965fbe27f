import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RESULT_KINDS } from '../../../shared/events/result-kinds.ts';
import { outlineOf } from '../../../shared/json/outline.ts';
import { RESULT_OUTLINE } from '../../../shared/reconcile/results/outline.ts';
import { readBookUuid, readDetectStates } from '../../../shared/reconcile/results/signals.ts';
import { summarize } from '../../../shared/reconcile/results/summaries.ts';
import { VENDOR_FOLDER } from '../../integration/testing/vendor-server.ts';

/** The vendor's examples of answers with a result. They are not part of the project. */
const files = existsSync(VENDOR_FOLDER)
  ? readdirSync(VENDOR_FOLDER).filter((name) => /\.200(\.|-).*json$/.test(name))
  : [];

describe.skipIf(files.length === 0)('what is kept of an answer that is too large to be parsed', () => {
  it.each(files)('is everything that is read from it: %s', (name) => {
    const text = readFileSync(join(VENDOR_FOLDER, name));
    const json: unknown = JSON.parse(String(text));
    const outline = outlineOf(text, RESULT_OUTLINE);
    for (const kind of RESULT_KINDS) expect(summarize(kind, outline.json)).toEqual(summarize(kind, json));
    expect(readDetectStates(outline)).toEqual(readDetectStates({ json }));
    expect(readBookUuid(outline)).toEqual(readBookUuid({ json }));
  });

  it('is compared with every kind', () => {
    const parsed = files.map(
      (name) => JSON.parse(String(readFileSync(join(VENDOR_FOLDER, name)))) as unknown,
    );
    const empty = RESULT_KINDS.filter((kind) =>
      parsed.every((json) => Object.keys(summarize(kind, json)).length === 0),
    );
    expect(empty).toEqual([]);
  });
});
