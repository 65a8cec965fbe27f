import { decompress } from '../../kernel/bodies.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import type { Kind } from '../../ocrolus/profile.ts';
import { revisionOf } from '../../ocrolus/results.ts';
import type { Core } from '../../system/core.ts';

/** The item of a result. */
export function storedResult({ table }: Core, bookUuid: string, kind: Kind, subject: string) {
  return table.peek({ bookId: bookUuid, item: `RESULT#${kind}#${subject}` });
}

/** The body of a result as a reader gets it, with a byte of a file in each character; '' where its object is gone. */
export function bodyOf(core: Core, { body, s3, contentType }: Attributes): string {
  const encoding = contentType === undefined ? 'utf8' : 'latin1';
  if (body instanceof Uint8Array) return decompress(body).toString(encoding);
  if (typeof s3 !== 'object' || s3 === null || !('bucket' in s3) || !('key' in s3)) return '';
  const object = core.bodies.peek(String(s3.bucket), String(s3.key));
  return object === undefined ? '' : decompress(object).toString(encoding);
}

/** Items are never changed, so each is read once. */
const revisions = new WeakMap<Attributes, number>();

/** The revision of a stored body; -1 where it has none. */
function storedRevision(core: Core, result: Attributes): number {
  const known = revisions.get(result);
  if (known !== undefined) return known;
  const revision = revisionOf(bodyOf(core, result)) ?? -1;
  revisions.set(result, revision);
  return revision;
}

interface ResultRevision {
  readonly bookUuid: string;
  readonly kind: Kind;
  readonly subject: string;
  readonly revision: number;
}

/** Whether a result is stored in that revision or a later one. Signals of a document may be in those of its book. */
export function isFresh(core: Core, { bookUuid, kind, subject, revision }: ResultRevision): boolean {
  const result = storedResult(core, bookUuid, kind, subject);
  if (result !== undefined && storedRevision(core, result) >= revision) return true;
  if (kind !== 'signals' || subject === bookUuid) return false;
  const ofBook = storedResult(core, bookUuid, 'signals', bookUuid);
  return ofBook !== undefined && analysisRevision(bodyOf(core, ofBook), subject) >= revision;
}

/** The revision of a document's part of the signals of its book; -1 where it is left out. */
function analysisRevision(body: string, docUuid: string): number {
  const part = body.indexOf(`"uploaded_doc_uuid":"${docUuid}"`);
  if (part < 0) return -1;
  return Number(/"analysis_revision":(\d+)/.exec(body.slice(part))?.[1] ?? -1);
}
