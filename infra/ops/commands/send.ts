import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findEventName } from '../../../shared/events/catalog.ts';
import { signatureOf } from '../../../shared/signature.ts';
import { type Call, type Command, requiredArgument } from '../command.ts';

export const send: Command = {
  usage: 'send <event> [--book U] [--doc U] [--body FILE] [--secret S] [--account A]',
  summary: 'sign a delivery as Ocrolus does, and post it',
  status0: 'the webhook answered 200',
  options: {
    book: { type: 'string' },
    doc: { type: 'string' },
    body: { type: 'string' },
    secret: { type: 'string' },
    account: { type: 'string' },
  },
  async run(target, call) {
    const account = call.text('account') ?? 'default';
    const rawBody = await readBody(call);
    const secret = call.text('secret') ?? (await target.webhookSecret(account));
    const timestamp = String(Math.floor(Date.now() / 1000));
    const deliveryId = randomUUID();
    const answer = await fetch(target.webhookUrl(account), {
      method: 'POST',
      body: new Uint8Array(rawBody),
      headers: {
        'Content-Type': 'application/json',
        'Webhook-Timestamp': timestamp,
        'Webhook-Request-Id': deliveryId,
        'Webhook-Signature': signatureOf(secret, { timestamp, requestId: deliveryId, rawBody }).toString(
          'hex',
        ),
      },
    });
    const document = { deliveryId, status: answer.status, body: await answer.text() };
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${document.body}`);
    return { document, text: `${deliveryId}: ${answer.status}` };
  },
};

/** The file's bytes as they are, or a small body with the ids given. */
async function readBody(call: Call): Promise<Buffer> {
  const file = call.text('body');
  if (file !== undefined) return readFile(file);
  const event = requiredArgument(call, 0, 'the event');
  const name = findEventName(event) ?? event;
  // Legacy events name themselves in `event` (docs/ocrolus.md#naming-key).
  const named = /^[A-Z_]+$/.test(name) ? { event: name } : { event_name: name };
  const book = call.text('book');
  const doc = call.text('doc');
  return Buffer.from(
    JSON.stringify({
      ...named,
      ...(book !== undefined && { book_uuid: book }),
      ...(doc !== undefined && { uploaded_doc_uuid: doc }),
    }),
  );
}
