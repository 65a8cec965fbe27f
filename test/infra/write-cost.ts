import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measurePerDelivery } from '../bench/per-delivery.ts';
import { pricedStages } from './testing/cost-stages.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Measures what a delivery uses, and writes `docs/cost.md` (`npm run costs`). */
const measured = { day: await measurePerDelivery(1), month: await measurePerDelivery(31) };
await writeFile(
  join(ROOT, 'infra/docs/cost/per-delivery.json'),
  `${JSON.stringify(measured, undefined, 2)}\n`,
);
// Reads that file when it is loaded.
const { costDocument } = await import('../../infra/docs/cost/document.ts');
await writeFile(join(ROOT, 'docs/cost.md'), costDocument(pricedStages()));
