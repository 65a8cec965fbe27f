import { field } from '../testing/client.ts';
import type { Player } from './player.ts';
import { ANALYTICS, COPY_JOBS, ofBook, ofDocument } from './targets.ts';

/** Takes a book with something of everything on its whole way, and asks for everything at each stage. */
export async function playBooks(player: Player): Promise<void> {
  const { simulator } = player;
  await player.post('/v1/book/add', { name: 'A new book' });
  simulator.addBook({ name: 'Without xid' });
  const { uuid, pk, documents } = simulator.addBook({
    name: 'Rich',
    xid: 'loan-4711',
    documents: [
      { mixed: 'all.pdf', detect: 'found' },
      {},
      {},
      { kind: 'form', detect: 'unable' },
      { kind: 'pay-stub' },
      { rejection: 'INVALID DOCUMENT' },
      { kind: 'form', imageGroup: 'front and back' },
    ],
  });
  const everything = [...ofBook(uuid), ...documents.flatMap((document) => ofDocument(uuid, document))];
  const [split, second, , form, stub] = documents;
  await player.get(...everything);
  await simulator.classifyBook(uuid);
  await player.get(`/v2/book/${uuid}/classification-summary`);
  await simulator.verifyBook(uuid);
  await player.get(...everything);
  const request = await player.post('/v1/book/analytics/async/request', { pk: Number(pk) });
  const requestId = field(request.body, 'response', 'analytics_request_id');
  const result = `/v1/book/analytics/async/result?analytics_request_id=${requestId}`;
  await player.get(result);
  await simulator.completeAnalytics(uuid);
  await player.get(result);
  await simulator.calculateIncome(uuid);
  await simulator.flagSuspiciousActivity(uuid);
  for (const document of documents.slice(0, -1)) {
    await simulator.runDetect(document.uuid, document.detectOutcome);
  }
  await player.get(...everything);
  await player.get(`/v2/detect/document/${split?.docUuid}/signals`, `/v1/book/status?pk=${pk}`);
  await player.get(`/v1/book/info?pk=${pk}`, `/v1/transaction?book_pk=${pk}`);
  await player.get('/v1/books', '/v1/books?limit=2&offset=1');
  await player.get(`/v1/form?uuid=${form?.form.uuid}`, `/v1/form?pk=${form?.form.pk}`);
  await player.get(`/v2/paystub/${stub?.form.uuid}`, `/v1/document/forms/fields?pk=${form?.pk}`);
  await player.get(
    `/v2/book/${uuid}/enriched_txns?offset=1&limit=50&include_pending_plaid_transactions=true`,
  );
  await player.get(`/v1/transaction?book_uuid=${uuid}&uploaded_doc_pk=${second?.pk}`);
  await playVisualization(player, uuid);
  await playBusiness(player, uuid);
  await playJobs(player, uuid);
  await player.pass(86_400_000);
  await player.get(result);
  simulator.deleteDocument(second?.uuid ?? '');
  simulator.deleteDocument(stub?.uuid ?? '', { listed: true });
  await player.get(...ofBook(uuid), `/v2/detect/uploaded_doc/${stub?.uuid}/signals`);
  await playShort(player);
}

/** A book of less than three months. */
async function playShort(player: Player): Promise<void> {
  const { uuid } = player.simulator.addBook({ documents: [{}] });
  await player.simulator.verifyBook(uuid);
  await player.simulator.completeAnalytics(uuid);
  await player.get(...ofBook(uuid));
}

/** The image that the signals point at. */
async function playVisualization(player: Player, bookUuid: string): Promise<void> {
  const { body } = await player.look(`/v2/detect/book/${bookUuid}/signals`);
  const form = field(body, 'doc_analysis', 0, 'form_analysis', 0);
  const url = field(form, 'visualizations', 0, 'page_visualizations', 0, 'image_url');
  await player.get(new URL(String(url)).pathname);
}

async function playBusiness(player: Player, bookUuid: string): Promise<void> {
  const { body } = await player.post(`/v2/book/${bookUuid}/business?name=Hillside`);
  const uuid = String(field(body, 'business_uuid'));
  await player.get(`/v2/book/${bookUuid}/business/${uuid}`);
  await player.simulator.verifyBusiness(bookUuid, uuid);
  await player.get(`/v2/book/${bookUuid}/business/${uuid}`);
}

async function playJobs(player: Player, bookUuid: string): Promise<void> {
  for (const path of ANALYTICS) {
    const target = `/v2/book/${bookUuid}/${path}?async=true`;
    const { body } = player.note(await player.look(target), target);
    const job = `/v2/analytics/jobs/${field(body, 'job_id')}`;
    await player.get(job);
    await player.pass(1000);
    await player.get(job);
  }
}

export async function playCopyJobs(player: Player): Promise<void> {
  const { uuid } = player.simulator.addBook();
  player.simulator.copyBook(uuid);
  player.simulator.copyBook(uuid, 'INBOUND');
  await player.get(COPY_JOBS, `${COPY_JOBS}?job_type=INBOUND&limit=1`, `${COPY_JOBS}?limit=101`);
}
