import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { costDocument } from '../../infra/docs/cost/document.ts';
import { pricedStages } from './testing/cost-stages.ts';

/** Writes `docs/cost.md` (`npm run costs`). */
await writeFile(join(import.meta.dirname, '../../docs/cost.md'), costDocument(pricedStages()));
