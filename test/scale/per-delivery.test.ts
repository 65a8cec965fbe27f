import { expect, test } from 'vitest';
import PER_DELIVERY from '../../infra/docs/cost/per-delivery.json' with { type: 'json' };
import { measurePerDelivery } from '../bench/per-delivery.ts';

test('what a delivery uses is what the costs are computed from (else: npm run costs)', async () => {
  expect({ day: await measurePerDelivery(1), month: await measurePerDelivery(31) }).toEqual(PER_DELIVERY);
});
