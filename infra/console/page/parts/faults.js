import { html } from 'htm/preact';
import { ask } from '../lib/api.js';
import { control } from '../lib/commands.js';
import { Command, useAction } from './actions.js';
import { Card } from './card.js';

/**
 * @typedef {import('../lib/api.js').Local} Local
 * @typedef {import('../lib/api.js').Faults} Faults
 */

/** @type {{ name: 'drop' | 'duplicate' | 'delay' | 'reorder', label: string, text: string }[]} */
const DELIVERIES = [
  { name: 'drop', label: 'Lose', text: 'No webhook arrives: only the poller finds results.' },
  { name: 'duplicate', label: 'Duplicate', text: 'Each webhook arrives twice.' },
  { name: 'delay', label: 'Delay', text: 'Each webhook is delayed by up to five seconds.' },
  { name: 'reorder', label: 'Reorder', text: 'Webhooks arrive out of order.' },
];

/** @type {{ name: Faults['api'][number]['fault'], label: string, text: string }[]} */
const API = [
  { name: 'rate-limited', label: '429', text: 'Too many calls: all calls pause.' },
  { name: 'server-error', label: '500', text: 'Each call fails and is retried.' },
  { name: 'forbidden', label: '403', text: 'A proxy refuses access.' },
  { name: 'not-ready', label: 'Too early', text: 'Ocrolus does not have yet what it has announced.' },
];

const MAX_DELAY_MS = 5000;

/** One switch for each fault. @param {{ local: Local, faults: Faults }} props */
export function FaultSwitches({ local, faults }) {
  const deliveries = DELIVERIES.map(({ name, ...shown }) => {
    const isOn = (faults.deliveries[name] ?? 0) > 0;
    const body = { [name]: isOn ? 0 : 1, ...(!isOn && { maxDelayMs: MAX_DELAY_MS }) };
    return { ...shown, isOn, method: 'PUT', path: 'ocrolus/faults/deliveries', body };
  });
  const api = API.map(({ name, ...shown }) => {
    const isOn = faults.api.some(({ fault }) => fault === name);
    return { ...shown, isOn, method: isOn ? 'DELETE' : 'PUT', path: `ocrolus/faults/api/${name}` };
  });
  const draw = (/** @type {typeof deliveries[number] | typeof api[number]} */ one) =>
    html`<${Switch} key=${one.label} local=${local} ...${one} />`;
  return html`
    <${Card} title="Inject faults">
      <h3>Webhooks</h3>
      ${deliveries.map(draw)}
      <h3>Answers of Ocrolus</h3>
      ${api.map(draw)}
      <${Command} text=${control(local, 'PUT', '/ocrolus/faults/deliveries', { drop: 1 })} />
      <p class="muted">Every switch shows the equivalent command. <code>DELETE /ocrolus/faults</code> turns all faults off.</p>
    </${Card}>
  `;
}

/** @param {{ local: Local, label: string, text: string, isOn: boolean, method: string, path: string, body?: object }} props */
function Switch({ local, label, text, isOn, method, path, body }) {
  const { run } = useAction();
  /** The switch turns when the simulator has. @param {Event} event */
  const turn = (event) => {
    event.preventDefault();
    run(control(local, method, `/${path}`, body), async () => {
      await ask(method, path, body);
      return `${label}: ${isOn ? 'off' : 'on'}.`;
    });
  };
  return html`
    <label class="row check">
      <input type="checkbox" role="switch" checked=${isOn} onClick=${turn} />
      <span><strong>${label}</strong> <span class="muted">${text}</span></span>
    </label>
  `;
}
