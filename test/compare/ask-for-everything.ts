import { randomUUID } from 'node:crypto';
import { type Simulator, startSimulator } from '../../infra/local/ocrolus/simulator.ts';
import type { BookSpec } from '../../infra/local/ocrolus/specs.ts';
import { field, signIn } from '../infra/local/ocrolus/testing/client.ts';
import { OPERATIONS } from './documents.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const answers = new Map<string, unknown[]>();
let simulator: Simulator;
let api: Awaited<ReturnType<typeof signIn>>;

/** Asks the simulated Ocrolus for everything. @returns the bodies of its answers, by operation and HTTP status. */
export async function askForEverything(): Promise<ReadonlyMap<string, readonly unknown[]>> {
  answers.clear();
  const rates = { requestsPerSecond: 1e6, heavyRequestsPerSecond: 1e6 };
  simulator = await startSimulator({ ...rates, deliveryTimeoutMs: 200 });
  api = await signIn(simulator);
  await askAboutLife();
  await askInVain();
  await register();
  await simulator.close();
  return answers;
}

async function ask(operation: string, method: string, target: string, sent?: object): Promise<unknown> {
  const { status, body } = await (sent ? api.sendJson(method, target, sent) : api.send(method, target));
  // An unknown route: the simulator lacks the call.
  if (status === 200 && field(body, 'code') === 404) return undefined;
  answers.set(`${operation} ${status}`, [...(answers.get(`${operation} ${status}`) ?? []), body]);
  return body;
}

type Ids = Readonly<Record<string, string>>;

/** Every documented GET that takes the ids, or one of them in its query. */
async function askAll(ids: Ids, more: Ids = {}, operations = OPERATIONS): Promise<void> {
  for (const { operation, method, path, query } of operations) {
    const target = path.replace(/\{(\w+)\}/g, (name, id) => ids[id] ?? name);
    const [id] = Object.entries(ids).filter(([name]) => query.includes(name));
    if (method !== 'GET' || target.includes('{') || (target === path && id === undefined)) continue;
    await ask(
      operation,
      'GET',
      `${target}?${new URLSearchParams([...(id ? [id] : []), ...Object.entries(more)])}`,
    );
  }
}

async function askAboutLife(): Promise<void> {
  const form = { kind: 'form', detect: 'unable', imageGroup: 'front and back' } as const;
  const mixed = { mixed: 'all.pdf', detect: 'found' } as const;
  const { uuid, documents } = simulator.addBook({
    documents: [mixed, {}, {}, form, { kind: 'pay-stub' }, { rejection: 'INVALID DOCUMENT' }],
  });
  const request = randomUUID();
  simulator.change({ do: 'request-analytics', book: uuid, id: request });
  const business = randomUUID();
  simulator.change({ do: 'start-business', book: uuid, id: business });
  const ids = { book_uuid: uuid, business_uuid: business, analytics_request_id: request };
  do {
    await askAll(ids);
    for (const { uuid, docUuid } of documents)
      await askAll({ uploaded_doc_uuid: uuid, doc_uuid: docUuid, visualization_uuid: uuid });
  } while ((await simulator.step(uuid)?.announced) !== undefined);
  await simulator.change({ do: 'calculate-income', book: uuid });
  await simulator.change({ do: 'flag-suspicious-activity', book: uuid });
  await simulator.change({ do: 'verify-business', book: uuid, id: business });
  simulator.change({ do: 'delete-document', document: documents[1]?.uuid ?? '', isListed: true });
  await askAll(ids);
  await askAll({ ...ids, job_id: await startJob(uuid) }, { async: 'true' });
  for (const query of ['', '?limit=1']) await ask('book-list', 'GET', `/v1/books${query}`);
}

const startJob = async (book: string) =>
  String(field(await ask('Book-summary', 'GET', `/v2/book/${book}/summary?async=true`), 'job_id'));

async function verified(spec: BookSpec) {
  const book = simulator.addBook(spec);
  await simulator.change({ do: 'verify-book', book: book.uuid });
  await simulator.change({ do: 'complete-analytics', book: book.uuid });
  return book;
}

/** Wrong ids, and books that are unknown, forbidden, without statements, deleted or too large; faults of the API. */
async function askInVain(): Promise<void> {
  const nothing = (id: string) => ({
    book_uuid: id,
    uploaded_doc_uuid: id,
    doc_uuid: id,
    visualization_uuid: id,
    business_uuid: id,
  });
  const unknown = { ...nothing(UNKNOWN), job_id: UNKNOWN, analytics_request_id: UNKNOWN };
  await askAll(unknown);
  await askAll(nothing('not-a-uuid'));
  for (const fault of ['unauthorized', 'authentication-failed', 'server-error'] as const) {
    const off = simulator.faults.add({ fault });
    await askAll(unknown);
    off();
  }
  const form = { kind: 'form' } as const;
  for (const spec of [
    { forbidden: true, documents: [{}, form] },
    { documents: [form] },
    { documents: [{}] },
  ]) {
    const { uuid, documents } = await verified(spec);
    const ids = { book_uuid: uuid, business_uuid: UNKNOWN };
    for (const { uuid, docUuid } of documents)
      await askAll({ ...ids, uploaded_doc_uuid: uuid, doc_uuid: docUuid });
    simulator.change({ do: 'delete-book', book: uuid });
    await askAll(ids);
  }
  const { uuid: large } = await verified({ documents: [{ transactions: 100_001 }] });
  const ANALYTICS = /^(Book-summary|cash-flow-features|enriched-transactions|risk-score|bsic)$/;
  await askAll(
    { book_uuid: large },
    {},
    OPERATIONS.filter(({ operation }) => ANALYTICS.test(operation)),
  );
  const { uuid: tooLarge } = await verified({ documents: [{ transactions: 1_000_001 }] });
  await askAll({ job_id: await startJob(tooLarge) });
}

/** Registers, tests, changes and removes webhooks of both levels: a wrong one, an unreachable one, and one that refuses. */
async function register(): Promise<void> {
  const secret = { secret_key: 'a'.repeat(16) };
  const get = (operation: string, path: string) => ask(operation, 'GET', `/v1/account/settings/${path}`);
  const post = (operation: string, path: string, sent: object) =>
    ask(operation, 'POST', `/v1/account/settings/${path}`, sent);
  for (const url of ['nowhere', 'http://127.0.0.1:9/hook', `${simulator.url}/v1/nothing`]) {
    await post('configure-webhook-secret-account-level', 'webhook/rotate-secret', secret);
    const account = { webhook_endpoint: url, event: ['BOOK_VERIFIED'] };
    await post('configure-webhook', 'update/webhook_endpoint', account);
    await get('webhook-configuration', 'webhook_details');
    await get('test-webhook', 'test_webhook_endpoint');
    const webhook = { webhook: { url, description: 'ours' }, event_names: ['book.verified'] };
    const id = field(await post('add-webhook', 'webhook', webhook), 'response', 'uuid') ?? UNKNOWN;
    await get('list-webhooks', 'webhooks');
    await get('get-webhook', `webhook/${id}`);
    const events = await get('list-events', `webhook/${id}/events`);
    const event_uuid = field(events, 'response', 'events', 0, 'uuid');
    await post('test-org-webhook', `webhook/${id}/test`, { event_uuid });
    await post('update-webhook', `webhook/${id}/update`, { webhook: { is_active: false } });
    await post('configure-webhook-secret-org-level', `webhook/${id}/rotate-secret`, secret);
    await ask('delete-webhook', 'DELETE', `/v1/account/settings/webhook/${id}/delete`);
  }
  await post('configure-webhook-secret-account-level', 'webhook/rotate-secret', { secret_key: 'short' });
}
