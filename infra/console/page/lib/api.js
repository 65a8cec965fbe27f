import { useEffect, useState } from 'preact/hooks';

/**
 * Types of the server's answers, from its own code.
 *
 * @typedef {import('../../../local/console/views/snapshot.ts').Snapshot} LocalSnapshot
 * @typedef {import('../../stage/snapshot.ts').StageSnapshot} StageSnapshot
 * @typedef {LocalSnapshot | StageSnapshot} Snapshot what a stage lacks, or could not be read, is absent
 * @typedef {LocalSnapshot['facts']} LocalFacts
 * @typedef {Snapshot['facts']} Facts
 * @typedef {import('../../../local/console/views/delivery-list.ts').DeliveryRow & { partition?: string }} DeliveryRow
 * @typedef {Awaited<ReturnType<typeof import('../../stage/deliveries.ts').listDeliveries>>} StageDeliveries
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../stage/deliveries.ts').storyPage>>>} StoryPage
 * @typedef {Awaited<ReturnType<typeof import('../../stage/books.ts').listBooks>>} StageBooks
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../views/book-page.ts').bookPage>>>} BookPage
 * @typedef {NonNullable<Awaited<ReturnType<typeof import('../../../local/console/views/delivery-page.ts').deliveryPage>>>}
 * DeliveryPage
 * @typedef {import('../../../ops/dead-letters/describe.ts').Description} DeadLetter
 * @typedef {import('preact').ComponentChildren} Children
 */

/**
 * Asks the console's server. Addresses are relative to the page, which has the token in its path.
 *
 * @param {string} method
 * @param {string} path below `api/`
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Error} with what the server says is wrong.
 */
export async function ask(method, path, body) {
  const response = await fetch(`api/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `answered ${response.status}`);
  return answer;
}

/** Minimum time between two reads of the same path. */
const PAUSE_MS = 800;

/**
 * Reads a path, and again whenever `version` changes. Returns the last answer until there is a newer one.
 *
 * @template T
 * @param {string} path below `api/`
 * @param {unknown} version
 * @returns {{ data: T | undefined, problem: string | undefined }}
 */
export function useData(path, version) {
  const [state, setState] = useState(
    /** @type {{ path: string, data?: T, problem?: string, at: number }} */ ({ path, at: 0 }),
  );
  useEffect(() => {
    let isOver = false;
    const isNew = state.path !== path;
    const wait = isNew ? 0 : Math.max(0, state.at + PAUSE_MS - Date.now());
    const timer = setTimeout(async () => {
      try {
        const data = await ask('GET', path);
        if (!isOver) setState({ path, data, at: Date.now() });
      } catch (error) {
        if (!isOver) setState({ path, problem: messageOf(error), at: Date.now() });
      }
    }, wait);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, version]);
  return state.path === path
    ? { data: state.data, problem: state.problem }
    : { data: undefined, problem: undefined };
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
