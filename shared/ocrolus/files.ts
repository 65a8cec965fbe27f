import { isText } from '../json/is-text.ts';
import { classify, type RawAnswer, type Verdict } from './classify.ts';

/** Code: the answer to a call for a file is JSON, and no error. */
const NO_FILE = 'no-file';

/**
 * Classifies an answer to a call for a file. JSON is never the file (docs/ocrolus.md#files), so the result stays open.
 * Only HTTP guarantees that a file has arrived to its last byte.
 *
 * @param notEnabledCode as for {@link classify}.
 */
export function classifyFile(answer: RawAnswer, notEnabledCode?: number): Verdict {
  const isSuccess = answer.httpStatus >= 200 && answer.httpStatus < 300;
  if (isSuccess && !isText(answer.body)) return { kind: 'ok', json: undefined };
  const verdict = classify(answer, notEnabledCode);
  return verdict.kind === 'ok' ? { kind: 'not-yet', code: NO_FILE } : verdict;
}

const MEDIA_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}/;

/** Media type of a header `Content-Type`, in lower case and without parameters. */
export function mediaTypeOf(header: string | null): string {
  return MEDIA_TYPE.exec(header ?? '')?.[0].toLowerCase() ?? 'application/octet-stream';
}
