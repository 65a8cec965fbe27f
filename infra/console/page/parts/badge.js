import { html } from 'htm/preact';
import { words } from '../lib/format.js';

/** Tone of a state: good, in progress, or in need of attention. @type {Record<string, string>} */
const TONES = {
  done: 'ok',
  applied: 'ok',
  processed: 'ok',
  stored: 'ok',
  delivered: 'ok',
  complete: 'ok',
  VERIFIED: 'ok',
  VERIFICATION_COMPLETE: 'ok',
  unchanged: 'plain',
  unavailable: 'plain',
  queued: 'busy',
  processing: 'busy',
  retrying: 'warn',
  waiting: 'warn',
  wanted: 'warn',
  pending: 'warn',
  lost: 'warn',
  dropped: 'warn',
  'not complete': 'warn',
  failed: 'warn',
  killed: 'warn',
  refused: 'bad',
  dead: 'bad',
  expired: 'bad',
  'given-up': 'bad',
  REJECTED: 'bad',
};

/** A state as a word; the colour adds no information. @param {{ state: string }} props */
export function Badge({ state }) {
  return html`<span class=${`badge ${TONES[state] ?? 'plain'}`}>${words(state.toLowerCase())}</span>`;
}
