import type { Envelope } from '../../../shared/events/envelope.ts';
import { parseJson } from '../../../shared/events/json.ts';
import type { Ports } from '../../../shared/ports.ts';

/**
 * Parses the body of an event; `undefined` when there is none or it is not JSON. Ids are not read from it: the
 * webhook has read them without losing digits.
 *
 * @throws the error of S3.
 */
export async function readBody({ bodies }: Pick<Ports, 'bodies'>, { payload }: Envelope): Promise<unknown> {
  if (payload === undefined || payload.encoding === 'base64') return undefined;
  const text =
    payload.encoding === 'utf8'
      ? payload.body
      : (await bodies.get(payload.bucket, payload.key)).toString('utf8');
  return parseJson(text);
}
