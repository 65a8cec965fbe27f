import { html } from 'htm/preact';
import { words } from '../lib/format.js';

/** States that are good, in progress, or in need of attention. */
const TONES = {
  ok: 'done applied processed stored delivered complete same ok VERIFIED VERIFICATION_COMPLETE',
  busy: 'queued running',
  warn: 'retrying waiting wanted pending dropped incomplete failed paused behind warn',
  bad: 'refused dead expired given-up differs fail ALARM REJECTED',
};

/** A state as a word; the colour adds no information. @param {{ state: string, text?: string }} props */
export function Badge({ state, text = words(state.toLowerCase()) }) {
  const [tone = 'plain'] =
    Object.entries(TONES).find(([, states]) => states.split(' ').includes(state)) ?? [];
  return html`<span class=${`badge ${tone}`}>${text}</span>`;
}
