/**
 * The commands that are equivalent to the console's actions.
 *
 * @typedef {import('./api.js').Facts} Facts
 * @typedef {import('./api.js').Local} Local
 */

/** Quotes a word for a shell, if necessary. @param {string | number} word */
function quote(word) {
  const text = String(word);
  return /^[\w.,:=/@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {Facts} facts @param {(string | number)[]} words */
export function ops(facts, ...words) {
  return `npm run -s ops -- ${words.map(quote).join(' ')}${facts.opsFlags}`;
}

/**
 * Formats an action without a command of `ops` as a request to the stack's control, whose address and token are in
 * `stack.json`.
 *
 * @param {Local} local
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export function control({ stackFile }, method, path, body) {
  const from = (/** @type {string} */ name) => `$(node -p "require('./${stackFile}').control.${name}")`;
  const data = body === undefined ? '' : ` -d ${quote(JSON.stringify(body))}`;
  return `curl -X ${method} "${from('url')}${path}" -H "Authorization: Bearer ${from('token')}"${data}`;
}
