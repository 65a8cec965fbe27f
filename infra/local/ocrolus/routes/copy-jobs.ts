import { normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { json, Refusal, type Reply } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import type { Book, CopyJob } from '../state/book.ts';
import type { Organization } from '../state/organization.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

/** Books that are shared: bare. No other call about them is played. */
export const copyJobRoutes: readonly Route[] = [
  { operation: 'list-book-copy-jobs', method: 'GET', path: '/v1/book/copy-jobs', answer: list },
];

/** Of the Dashboard, or of another organization. */
export function startCopyJob(organization: Organization, book: Book, type: CopyJob['type']): CopyJob {
  const { ids, options } = organization;
  const job: CopyJob = {
    id: ids.uuid(),
    type,
    orgUuid: ids.uuid(),
    createdAt: `${new Date(options.now()).toISOString().slice(0, 19)}Z`,
    label: `Shared ${book.name}`,
    status: 'AWAITING_RECIPIENT',
  };
  book.copyJobs.push(job);
  organization.save(book);
  return job;
}

/** The latest first; those that this organization shares unless it asks for those that it is given. */
function list({ query, organization }: Call): Reply {
  const limit = count(query, 'limit', DEFAULT_LIMIT);
  const offset = count(query, 'offset', 0);
  if (limit > MAX_LIMIT) {
    throw invalid('limit', `Input should be less than or equal to ${MAX_LIMIT}`, 'less_than_equal');
  }
  if (limit < 1) throw invalid('limit', 'Input should be greater than or equal to 1', 'greater_than_equal');
  const type = query.get('job_type') ?? 'OUTBOUND';
  if (type !== 'OUTBOUND' && type !== 'INBOUND') {
    throw invalid('job_type', "Input should be 'OUTBOUND' or 'INBOUND'", 'enum');
  }
  const orgUuid = normaliseUuid(query.get('org_uuid') ?? undefined);
  const found = organization.books.all
    .flatMap((book) => book.copyJobs.map((job) => ({ book, job })))
    .filter(({ job }) => job.type === type && (orgUuid === undefined || job.orgUuid === orgUuid))
    .reverse();
  return json(200, {
    copy_jobs: found.slice(offset, offset + limit).map(({ book, job }) => ({
      job_id: job.id,
      book_uuid: book.uuid,
      org_uuid: job.orgUuid,
      status: job.status,
      created_ts: job.createdAt,
      shared_book_label: job.label,
    })),
    total: found.length,
    offset,
    limit,
  });
}

function count(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? String(fallback);
  if (!/^\d{1,9}$/.test(text)) throw invalid(name, 'Input should be a valid integer', 'int_parsing');
  return Number(text);
}

function invalid(name: string, msg: string, type: string): Refusal {
  return new Refusal(
    json(400, { status: 400, message: 'Validation error', query_params: [{ loc: [name], msg, type }] }),
  );
}
