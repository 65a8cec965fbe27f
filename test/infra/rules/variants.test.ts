import { expect, test } from 'vitest';
import { VARIANT_NAMES, variantTemplate } from '../variants.ts';
import { faultsIn } from './faults.ts';

test.each(VARIANT_NAMES)('the variant %s breaks no rule that AWS would refuse or silently ignore', (name) => {
  expect(faultsIn(variantTemplate(name))).toEqual([]);
});
