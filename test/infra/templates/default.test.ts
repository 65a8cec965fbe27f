import { expect, test } from 'vitest';
import { linesOf } from './lines-of.ts';
import { variantTemplate } from './variants.ts';

/**
 * The templates as they were last reviewed: nothing changes by accident. After an intended change, review the difference and
 * run this file with `--update`.
 */
test('no resource and no output of the default stage changes unnoticed', async () => {
  await expect(`${linesOf(variantTemplate('default')).join('\n')}\n`).toMatchFileSnapshot('default.jsonl');
});
