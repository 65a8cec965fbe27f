import type { Envelope } from '../../../shared/events/envelope.ts';
import { parseJson, withoutByteOrderMark } from '../../../shared/events/json.ts';
import type { Ports } from '../../../shared/ports.ts';

/**
 * The event's body, parsed; `undefined` when there is none or it is not JSON. Ids are not
 * read from it: the webhook has done that, without losing digits.
 *
 * @throws what S3 throws.
 */
export async function readBody({ bodies }: Pick<Ports, 'bodies'>, { payload }: Envelope): Promise<unknown> {
  if (payload === undefined || payload.encoding === 'base64') return undefined;
  const text =
    payload.encoding === 'utf8'
      ? payload.body
      : (await bodies.get(payload.bucket, payload.key)).toString('utf8');
  return parseJson(withoutByteOrderMark(text));
}
