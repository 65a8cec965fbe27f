import { expect, test } from 'vitest';
import { variantTemplate } from '../variants.ts';

/** A resource or an output a line, in the order of their ids. The hash of an asset says nothing about the template. */
function linesOf(name: string): string[] {
  const { Resources, Outputs = {} } = variantTemplate(name);
  const lines = [...Object.entries(Resources), ...Object.entries(Outputs)].map((it) => JSON.stringify(it));
  return lines.map((line) => line.replace(/\b[0-9a-f]{64}\b/g, '<hash>')).sort();
}

const DEFAULT = linesOf('default');

/**
 * The templates as they were last reviewed: nothing changes by accident. After an intended change, review the difference and
 * run this file with `--update`.
 */
test('no resource and no output of the default stage changes unnoticed', async () => {
  await expect(`${DEFAULT.join('\n')}\n`).toMatchFileSnapshot('default.jsonl');
});

test.each([
  'allowlisted-with-zone-and-waf',
  'registered-for-the-organization',
  'imported-vpc',
  'adopted-storage',
])('nothing of %s that differs from the default stage changes unnoticed', async (name) => {
  const others = linesOf(name).filter((line) => !DEFAULT.includes(line));
  await expect(`${others.join('\n')}\n`).toMatchFileSnapshot(`${name}.jsonl`);
});
