import { businessBody } from '../bodies/business.ts';
import { json, Refusal, type Reply, v1Error } from '../http/reply.ts';
import { jsonFields } from '../http/request.ts';
import type { Call, Route } from '../http/router.ts';
import type { Book, Business } from '../state/book.ts';
import type { Organization } from '../state/organization.ts';
import { bookInPath, V1 } from './find.ts';

/** Middesk look-ups: bare bodies, v1 errors. */
export const businessRoutes: readonly Route[] = [
  { operation: 'create-business', method: 'POST', path: '/v2/book/:book_uuid/business', answer: create },
  {
    operation: 'retrieve-business',
    method: 'GET',
    path: '/v2/book/:book_uuid/business/:business_uuid',
    answer: retrieve,
  },
];

/** Starts a look-up, by an API client or by the simulator's owner. */
export function createBusiness(organization: Organization, book: Book, name: string): Business {
  const { ids, options } = organization;
  const business: Business = {
    uuid: ids.uuid(),
    middeskId: ids.uuid(),
    name,
    createdAt: new Date(options.now()).toISOString(),
    status: 'pending',
  };
  book.businesses.push(business);
  organization.save(book);
  return business;
}

/** The name is documented as a query parameter; JSON is accepted, too. */
function create(call: Call): Reply {
  const book = bookInPath(call, V1);
  const name = call.query.get('name') ?? jsonFields(call.body).name;
  const business = createBusiness(call.organization, book, typeof name === 'string' ? name : book.name);
  return json(200, businessBody(book, business));
}

function retrieve(call: Call): Reply {
  const book = bookInPath(call, V1);
  const business = book.businesses.find(({ uuid }) => uuid === call.params.business_uuid?.toLowerCase());
  if (business === undefined) throw new Refusal(v1Error(2301, 'DB Object Not Found'));
  return json(200, businessBody(book, business));
}
