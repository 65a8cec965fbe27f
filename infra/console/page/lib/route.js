import { useEffect, useState } from 'preact/hooks';

/**
 * The current page, from the address after `#`: `#/deliveries/<id>?state=dead`.
 *
 * @typedef {{ page: string, id: string | undefined, query: URLSearchParams }} Route
 */

/** @returns {Route} */
function readRoute() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', id] = path.split('/');
  return {
    page,
    id: id === undefined ? undefined : decode(id),
    query: new URLSearchParams(query),
  };
}

/** An address that was typed may have a stray percent sign. @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @returns {Route} */
export function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const change = () => setRoute(readRoute());
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return route;
}

/**
 * @param {string} page
 * @param {string | null} [id]
 * @param {Record<string, string>} [query] words that are empty are left out
 */
export function linkTo(page, id, query = {}) {
  const words = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  return `#/${page}${id == null ? '' : `/${encodeURIComponent(id)}`}${words.size === 0 ? '' : `?${words}`}`;
}
