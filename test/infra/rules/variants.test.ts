import { expect, test } from 'vitest';
import { VARIANT_NAMES, variantTemplate } from '../variants.ts';
import { faultsIn } from './faults.ts';

test.each(VARIANT_NAMES)('the variant %s has nothing that AWS would refuse, or be silent about', (name) => {
  expect(faultsIn(variantTemplate(name))).toEqual([]);
});
