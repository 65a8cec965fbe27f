import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import { signatureOf } from '../../../shared/secrets/signature.ts';
import { UsageError } from '../../command-line/commands.ts';
import { pathValue } from '../../command-line/paths.ts';
import { knownEvent } from '../options.ts';
import { changingCommand, type Output, type Run, type Session } from '../stack-command.ts';

interface Options {
  readonly book?: string;
  readonly doc?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly account: string;
  readonly unknown?: true;
}

export function sendCommand(run: Run) {
  return changingCommand('send', {
    summary: 'sign a delivery as Ocrolus does, and post it',
    description:
      'The event and its ids must fit the catalog, unless --unknown is given. The webhook itself accepts whatever is signed.',
    status0: 'the webhook answered 200.',
    examples: [
      ['ops send BOOK_VERIFIED --book 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f', 'an event about a book'],
      ['ops send book.of.tomorrow --unknown', 'an event that the catalog does not know'],
      ['ops send --body delivery.json', 'the bytes of a file, unchanged'],
    ],
  })
    .argument('[event]', 'the name of the event; not needed with --body')
    .option('--book <uuid>', 'the book it is about')
    .option('--doc <uuid>', 'the document it is about')
    .option('--body <file>', 'send the bytes of this file as the body', pathValue)
    .option('--secret <text>', 'sign with this secret instead of the account’s')
    .option('--account <name>', 'the account it is for', 'default')
    .option('--unknown', 'send it although the catalog has no such event, or its ids do not fit')
    .action((event, options) => {
      const { body: file, book, doc, unknown } = options;
      if (file === undefined && event === undefined) throw new UsageError('the event is missing');
      if (file === undefined && event !== undefined && unknown !== true)
        checkAgainstCatalog(event, book, doc);
      return run(options, (session) => send(session, event, options));
    });
}

async function send(
  { target, confirm }: Session,
  event: string | undefined,
  options: Options,
): Promise<Output> {
  const { account } = options;
  const rawBody = await readBody(event ?? '', options);
  const url = target.webhookUrl(account);
  await confirm(`post a signed delivery${event === undefined ? '' : ` of ${event}`} to ${url}`);
  const secret = options.secret ?? (await target.webhookSecret(account));
  const timestamp = String(Math.floor(Date.now() / 1000));
  const deliveryId = randomUUID();
  const signature = signatureOf(secret, { timestamp, requestId: deliveryId, rawBody }).toString('hex');
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(rawBody),
    headers: {
      'Content-Type': 'application/json',
      'Webhook-Timestamp': timestamp,
      'Webhook-Request-Id': deliveryId,
      'Webhook-Signature': signature,
    },
  });
  const document = { deliveryId, status: answer.status, body: await answer.text() };
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${document.body}`);
  return { document, text: `${deliveryId}: ${answer.status}` };
}

/** The unchanged bytes of the file, or a small body with the given ids. */
async function readBody(event: string, { body: file, book, doc }: Options): Promise<Buffer> {
  if (file !== undefined) return readFile(file);
  const name = findEventName(event) ?? event;
  // Legacy events have their name in `event` (docs/ocrolus.md#naming-key).
  const named = /^[A-Z_]+$/.test(name) ? { event: name } : { event_name: name };
  return Buffer.from(
    JSON.stringify({
      ...named,
      ...(book !== undefined && { book_uuid: book }),
      ...(doc !== undefined && { uploaded_doc_uuid: doc }),
    }),
  );
}

/** @throws UsageError for an event that a consumer could not use. */
function checkAgainstCatalog(event: string, book: string | undefined, doc: string | undefined): void {
  const name = knownEvent(event, '--unknown sends it anyway');
  const { subject } = catalogEntry(name);
  const isAboutDocument = subject === 'document';
  const otherwise = '; --unknown sends it anyway';
  for (const [option, id] of Object.entries({ book, doc })) {
    if (id === undefined || normaliseUuid(id) !== undefined) continue;
    throw new UsageError(`--${option} is not an id of Ocrolus: ${id}${otherwise}`);
  }
  if (book === undefined && subject !== 'account') {
    throw new UsageError(
      `${name} is about a ${subject.replace('-', ' ')}: name its book with --book${otherwise}`,
    );
  }
  if (doc !== undefined && !isAboutDocument) {
    throw new UsageError(`${name} is about no single document: leave out --doc${otherwise}`);
  }
}
