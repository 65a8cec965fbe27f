import { visualizationUuid } from '../../../../infra/local/ocrolus/bodies/detect.ts';
import { field } from '../testing/client.ts';
import { type Player, UNKNOWN } from './player.ts';
import { ANALYTICS, COPY_JOBS, ofBook, ofDocument } from './targets.ts';

const DOCUMENTS = [{}, { kind: 'form' }, { kind: 'pay-stub' }] as const;
const NOTHING = { uuid: UNKNOWN, docUuid: UNKNOWN };
const INVALID = 'not-a-uuid';

/** Asks in every wrong way, and for what Ocrolus refuses. */
export async function playRefusals(player: Player): Promise<void> {
  await playWrongRequests(player);
  await playUnknown(player);
  await playForbidden(player);
  await playWithoutStatements(player);
  await playDeleted(player);
  await playTooLarge(player);
  await playFaults(player);
}

async function playWrongRequests(player: Player): Promise<void> {
  await player.get('/v1/book/status', '/v1/book/info', '/v1/book/forms', '/v1/transaction');
  await player.get('/v1/book/summary', '/v1/document/forms/fields', '/v1/form');
  await player.get('/v1/book/analytics/async/result', '/v1/nothing');
  await player.get('/v1/books?limit=many', '/v1/books?order=UP', '/v1/books?name=a&search=b');
  await player.get(`/v2/book/${UNKNOWN}/income/summary?guideline=X`);
  await player.post('/v1/book/add');
  await player.post('/v1/book/add', { name: 'Twice' });
  await player.post('/v1/book/add', { name: 'Twice' });
  await player.post('/v1/book/analytics/async/request');
  await player.get(...ofBook(INVALID), ...ofDocument(INVALID, { uuid: INVALID, docUuid: INVALID }));
  await player.get(`/v2/detect/visualization/${INVALID}`);
}

async function playUnknown(player: Player): Promise<void> {
  await player.get(...ofBook(UNKNOWN), ...ofDocument(UNKNOWN, NOTHING));
  await player.get(`/v1/form?uuid=${UNKNOWN}`, `/v2/paystub/${UNKNOWN}`, `/v2/analytics/jobs/${UNKNOWN}`);
  await player.get(`/v2/book/${UNKNOWN}/business/${UNKNOWN}`, `/v2/detect/visualization/${UNKNOWN}`);
  await player.get(`/v1/book/analytics/async/result?analytics_request_id=${UNKNOWN}`);
  await player.post(`/v2/book/${UNKNOWN}/business`);
  await player.post('/v1/book/analytics/async/request', { pk: 1 });
}

/** A book of another account. */
async function playForbidden(player: Player): Promise<void> {
  const { simulator } = player;
  const { uuid, pk, documents } = simulator.addBook({ forbidden: true, documents: DOCUMENTS });
  await simulator.verifyBook(uuid);
  const [first, form, stub] = documents;
  await simulator.runDetect(first?.uuid ?? '', 'found');
  await player.get(...ofBook(uuid), ...documents.flatMap((document) => ofDocument(uuid, document)));
  await player.get(`/v1/form?uuid=${form?.form.uuid}`, `/v2/paystub/${stub?.form.uuid}`);
  await player.get(`/v2/book/${uuid}/business/${UNKNOWN}`);
  await player.get(`/v2/detect/visualization/${first === undefined ? '' : visualizationUuid(first)}`);
  await player.post(`/v2/book/${uuid}/business`);
  await player.post('/v1/book/analytics/async/request', { pk: Number(pk) });
}

async function playWithoutStatements(player: Player): Promise<void> {
  const { simulator } = player;
  const { uuid, pk } = simulator.addBook({ documents: [{ kind: 'form' }] });
  await simulator.verifyBook(uuid);
  await simulator.completeAnalytics(uuid);
  await player.get(...ofBook(uuid), `/v2/book/${uuid}/business/${UNKNOWN}`);
  await player.post('/v1/book/analytics/async/request', { pk: Number(pk) });
}

async function playDeleted(player: Player): Promise<void> {
  const { simulator } = player;
  const { uuid, documents } = simulator.addBook({ documents: DOCUMENTS });
  await simulator.verifyBook(uuid);
  simulator.deleteBook(uuid);
  await player.get(...ofBook(uuid), ...documents.flatMap((document) => ofDocument(uuid, document)));
}

/** Too large for one answer, and too large even for a job. */
async function playTooLarge(player: Player): Promise<void> {
  const { simulator } = player;
  const [large, tooLarge] = [100_001, 1_000_001].map((transactions) =>
    simulator.addBook({ documents: [{ transactions }] }),
  );
  for (const uuid of [large?.uuid ?? '', tooLarge?.uuid ?? '']) {
    await simulator.verifyBook(uuid);
    await simulator.completeAnalytics(uuid);
    await simulator.calculateIncome(uuid);
  }
  const v2 = (path: string) => `/v2/book/${large?.uuid}/${path}`;
  await player.get(...[...ANALYTICS, 'income/bank-statement-v2'].map(v2));
  const { body } = await player.look(`/v2/book/${tooLarge?.uuid}/summary?async=true`);
  await player.pass(1000);
  await player.get(`/v2/analytics/jobs/${field(body, 'job_id')}`);
}

/** A bad token and a server error may come at any call; with these they are documented. */
async function playFaults(player: Player): Promise<void> {
  const book = `/v2/book/${UNKNOWN}`;
  const detect = ['book', 'uploaded_doc'].map((name) => `/v2/detect/${name}/${UNKNOWN}/signals`);
  const targets = {
    unauthorized: [...detect, `/v2/detect/visualization/${UNKNOWN}`, COPY_JOBS],
    'authentication-failed': [`${book}/income/summary`, `${book}/income-calculations`, COPY_JOBS],
    'server-error': [`${book}/income/bank-statement-v2`, `/v2/analytics/jobs/${UNKNOWN}`, COPY_JOBS],
  } as const;
  for (const fault of ['unauthorized', 'authentication-failed', 'server-error'] as const) {
    const off = player.simulator.faults.add({ fault });
    await player.get(...targets[fault]);
    off();
  }
}

/** Another organization, which lacks a product and refuses many transactions in the other way. */
export async function playOtherRefusals(player: Player): Promise<void> {
  const { simulator } = player;
  const { uuid } = simulator.addBook({ documents: [{ transactions: 100_001 }] });
  await simulator.verifyBook(uuid);
  await simulator.completeAnalytics(uuid);
  await player.get(`/v2/book/${uuid}/summary`, `/v2/book/${uuid}/cash_flow_risk_score`);
}
