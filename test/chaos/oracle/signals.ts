import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { DetectOutcome, Truth } from '../../../infra/local/ocrolus/index.ts';
import type { ResultItem } from '../../../shared/store/items.ts';
import type { Announced } from '../scripts/announcements.ts';
import type { Partition } from './partition.ts';

const Signals = z.looseObject({ doc_analysis: z.array(z.looseObject({ uploaded_doc_uuid: z.string() })) });

const DETECT_STATES: Partial<Record<DetectOutcome, string>> = {
  found: 'COMPLETED',
  not_found: 'COMPLETED',
  unable: 'UNABLE_TO_PROCESS',
};

/**
 * Compares what Detect found: each document's analysis must be stored, in the document's own signals or in the book's.
 *
 * @param bodyOf reads the body of a large result.
 */
export async function compareSignals(
  truth: Truth,
  stored: Partition,
  { announced, changes }: { readonly announced: readonly Announced[]; readonly changes: number },
  bodyOf: (result: ResultItem) => Promise<Buffer>,
): Promise<string[]> {
  const differences: string[] = [];
  const find = (subject: string) =>
    stored.results.find((result) => result.kind === 'signals' && result.subject === subject);
  const isAnnounced = (subject: string) =>
    announced.some((one) => one.kind === 'signals' && one.subject === subject && one.isAccepted);
  const inBook = await analysesOf(find(truth.bookUuid), bodyOf);
  const isFinished = truth.status === 'VERIFIED';
  for (const { uuid, status, detect } of truth.documents) {
    const isWanted = (isFinished && status === 'VERIFICATION_COMPLETE') || isAnnounced(uuid);
    if (detect === 'pending' || !isWanted) continue;
    const known = stored.documents.find(({ docUuid }) => docUuid === uuid)?.detect?.state;
    if (known !== DETECT_STATES[detect])
      differences.push(`Detect of document ${uuid} is ${known}, should be ${DETECT_STATES[detect]}`);
    const [expected] = analyses(truth.body('signals', uuid));
    const own = (await analysesOf(find(uuid), bodyOf))[0] ?? inBook.find((one) => isOf(one, uuid));
    if (own === undefined) differences.push(`no signals of document ${uuid}`);
    else if (!isDeepStrictEqual(own, expected)) differences.push(`signals of document ${uuid} are others`);
  }
  const ofBook = announced.find(({ kind, subject }) => kind === 'signals' && subject === truth.bookUuid);
  if (ofBook?.isAccepted === true && ofBook.change === changes) {
    const expected = analyses(truth.body('signals'));
    if (!isDeepStrictEqual(inBook, expected)) differences.push('signals of the book are others');
  }
  return differences;
}

type Analysis = z.infer<typeof Signals>['doc_analysis'][number];

function isOf({ uploaded_doc_uuid }: Analysis, uuid: string): boolean {
  return uploaded_doc_uuid === uuid;
}

async function analysesOf(
  result: ResultItem | undefined,
  bodyOf: (result: ResultItem) => Promise<Buffer>,
): Promise<Analysis[]> {
  return result === undefined ? [] : analyses(gunzipSync(await bodyOf(result)));
}

function analyses(body: Buffer): Analysis[] {
  return Signals.safeParse(JSON.parse(body.toString('utf8'))).data?.doc_analysis ?? [];
}
