import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Types of the server's answers, from its own code.
 *
 * @typedef {import('../../views/snapshot.ts').StackSnapshot} StackSnapshot what could not be read is absent
 * @typedef {import('../../../local/console/source.ts').LocalState} Local what only the local stack has
 * @typedef {Omit<StackSnapshot, 'local'> & { local?: Local }} Snapshot
 * @typedef {Snapshot['facts']} Facts
 * @typedef {NonNullable<Local['faults']>} Faults
 * @typedef {Awaited<ReturnType<typeof import('../../views/deliveries.ts').listDeliveries>>} Deliveries
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../views/deliveries.ts').deliveryPage>>>} DeliveryPage
 * @typedef {Awaited<ReturnType<typeof import('../../views/books.ts').listBooks>>} Books
 * @typedef {Awaited<ReturnType<typeof import('../../views/books.ts').bookPage>>} BookPage
 * @typedef {Awaited<ReturnType<typeof import('../../server.ts').metricsPage>>} Metrics
 * @typedef {Awaited<ReturnType<typeof import('../../../ops/health/registration.ts').readRegistration>>} Registration
 * @typedef {ReturnType<typeof import('../../../local/ocrolus/control/control.ts').describeBook>} SimulatedBook
 * @typedef {import('../../../local/ocrolus/webhooks/delivery.ts').Delivery} SentDelivery
 * @typedef {import('../../../ops/dead-letters/describe.ts').Description} DeadLetter
 * @typedef {import('preact').ComponentChildren} Children
 */

/** What to do if the server does not answer. */
export const NO_ANSWER =
  'No answer. If the command that serves this page has ended, start it again, and open the address that it prints.';

/**
 * Asks the console's server. Addresses are relative to the page, which has the token in its path.
 *
 * @param {string} method
 * @param {string} path below `api/`
 * @param {object} [body]
 * @returns {Promise<any>} a document, or a text.
 * @throws {Error} with what the server says is wrong.
 */
export async function ask(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`api/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers }),
  }).catch(() => Promise.reject(new Error(NO_ANSWER)));
  const isDocument = response.headers.get('content-type')?.includes('json') ?? false;
  const answer = await (isDocument ? response.json() : response.text());
  if (!response.ok) throw new Error(answer.error ?? `answered ${response.status}`);
  return answer;
}

/** Minimum time between two reads of the same path. */
const PAUSE_MS = 800;

/**
 * Reads a path, and again whenever `version` changes. Returns the last answer until there is a newer one.
 *
 * @template T
 * @param {string | null} path below `api/`; `null`: nothing is read
 * @param {unknown} version
 * @returns {{ data?: T, problem?: string }}
 */
export function useData(path, version) {
  const [state, setState] = useState(
    /** @type {{ path: string | null, data?: T, problem?: string, at: number }} */ ({ path: null, at: 0 }),
  );
  const shown = useRef(path);
  shown.current = path;
  useEffect(() => {
    if (path === null) return undefined;
    const wait = state.path === path ? Math.max(0, state.at + PAUSE_MS - Date.now()) : 0;
    const timer = setTimeout(async () => {
      const at = Date.now();
      const read = await ask('GET', path).then(
        (data) => ({ data }),
        (error) => ({ problem: messageOf(error) }),
      );
      // Also if the version has changed meanwhile: a server that is slower than the changes would never be shown.
      if (shown.current === path)
        setState((last) => (last.path === path && last.at > at ? last : { path, ...read, at }));
    }, wait);
    return () => clearTimeout(timer);
  }, [path, version]);
  return state.path === path ? state : {};
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
