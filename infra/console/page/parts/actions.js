import { html } from 'htm/preact';
import { createContext } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';
import { ask, messageOf } from '../lib/api.js';
import { number } from '../lib/format.js';

/**
 * The outcome of an action.
 *
 * @typedef {{ message: string, command: string, isProblem: boolean }} Report
 */

/** Receives the report of each action. */
export const Reports = createContext(/** @type {(report: Report) => void} */ (() => {}));

/**
 * Runs actions one at a time, and reports their outcome.
 *
 * @returns {{ isBusy: boolean, run: (command: string, act: () => Promise<string>) => Promise<void> }}
 */
export function useAction() {
  const report = useContext(Reports);
  const [isBusy, setBusy] = useState(false);
  return {
    isBusy,
    async run(command, act) {
      if (isBusy) return;
      setBusy(true);
      try {
        report({ message: await act(), command, isProblem: false });
      } catch (error) {
        report({ message: messageOf(error), command, isProblem: true });
      }
      setBusy(false);
    },
  };
}

/**
 * @param {{ children: unknown, command: string, act: () => Promise<string>, kind?: 'main' | 'plain' | 'bad', label?: string, question?: string }} props question: asked first
 */
export function ActionButton({ children, command, act, kind = 'plain', label, question }) {
  const { isBusy, run } = useAction();
  const start = () => {
    if (question === undefined || confirm(question)) run(command, act);
  };
  return html`
    <button type="button" class=${kind} aria-disabled=${isBusy} aria-label=${label} onClick=${start}>
      ${children}
    </button>
  `;
}

/** A button, and the command that does the same; only the command for a stage, which the console does not change. @param {Parameters<typeof ActionButton>[0] & { facts: import('../lib/api.js').Facts }} props */
export function Action({ facts, ...props }) {
  return html`${facts.stage === null && html`<p><${ActionButton} ...${props} /></p>`}<${Command} text=${props.command} />`;
}

/** Asks for an action of the console. @param {string} path @param {object} [body] @returns {() => Promise<string>} its message */
export function post(path, body) {
  return async () => (await ask('POST', path, body)).message;
}

/** A command that can be copied. @param {{ text: string }} props */
export function Command({ text }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return html`
    <div class="row box command">
      <code id=${id}>${text}</code>
      <button type="button" class="small quiet" aria-label=${isCopied ? 'Copied' : 'Copy the command'} aria-describedby=${id} onClick=${copy}>
        ${isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  `;
}

/** The commands that actions have started, and the outcome of the last action. @param {{ running?: import('../lib/api.js').Local['running'], report?: Report | undefined, close: () => void }} props */
export function ReportPlace({ running = [], report, close }) {
  return html`
    <div class="report-place" role="status">
      ${running.map(
        ({ command, done, total, note }) => html`
          <div class="box report">
            <p><code>${command}</code>: ${number(done)}${total === null ? '' : ` of ${number(total)}`} ${note}</p>
            <progress aria-label=${command} value=${total === null ? undefined : done} max=${total ?? undefined}></progress>
          </div>
        `,
      )}
      ${
        report !== undefined &&
        html`
          <div class=${`box report ${report.isProblem ? 'is-problem' : ''}`}>
            <p>
              ${report.isProblem ? `Not done: ${report.message}` : report.message}${' '}
              <button type="button" class="small quiet" onClick=${close}>Close</button>
            </p>
            <${Command} text=${report.command} />
          </div>
        `
      }
    </div>
  `;
}
