import { expect, test } from 'vitest';
import { VARIANT_NAMES, variantTemplate } from '../templates/variants.ts';
import { faultsIn } from './limits.ts';

test.each(VARIANT_NAMES)('nothing of the variant %s is too long or too large for AWS', (name) => {
  expect(faultsIn(variantTemplate(name))).toEqual([]);
});
