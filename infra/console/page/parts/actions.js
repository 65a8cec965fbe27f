import { html } from 'htm/preact';
import { createContext } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';
import { messageOf } from '../lib/api.js';

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
 * @param {{ children: unknown, command: string, act: () => Promise<string>, kind?: 'main' | 'plain' | 'danger', label?: string, question?: string }} props question: asked first
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
    <div class="command">
      <code id=${id}>${text}</code>
      <button type="button" class="quiet" aria-label=${isCopied ? 'Copied' : 'Copy the command'} aria-describedby=${id} onClick=${copy}>
        ${isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  `;
}
