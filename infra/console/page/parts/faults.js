import { html } from 'htm/preact';
import { ask } from '../lib/api.js';
import { control } from '../lib/commands.js';
import { Command, useAction } from './actions.js';

/**
 * @typedef {import('../lib/api.js').LocalSnapshot} Snapshot
 * @typedef {NonNullable<Snapshot['faults']>} Faults
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

/** One switch for each fault. @param {{ facts: Snapshot['facts'], faults: Faults }} props */
export function FaultSwitches({ facts, faults }) {
  const deliveries = DELIVERIES.map(({ name, ...shown }) => {
    const isOn = (faults.deliveries[name] ?? 0) > 0;
    const body = { [name]: isOn ? 0 : 1, ...(!isOn && { maxDelayMs: MAX_DELAY_MS }) };
    return { ...shown, isOn, method: 'PUT', path: 'ocrolus/faults/deliveries', body };
  });
  const api = API.map(({ name, ...shown }) => {
    const isOn = faults.api.some(({ fault }) => fault === name);
    return { ...shown, isOn, method: isOn ? 'DELETE' : 'PUT', path: `ocrolus/faults/api/${name}` };
  });
  const draw = (/** @type {Omit<SwitchProps, 'facts'>} */ one) =>
    html`<${Switch} key=${one.label} facts=${facts} ...${one} />`;
  return html`
    <section class="card" aria-labelledby="faults">
      <h2 id="faults">Inject faults</h2>
      <h3>Webhooks</h3>
      <div class="switches">${deliveries.map(draw)}</div>
      <h3>Answers of Ocrolus</h3>
      <div class="switches">${api.map(draw)}</div>
      <${Command} text=${control(facts, 'PUT', '/ocrolus/faults/deliveries', { drop: 1 })} />
      <p class="muted">Every switch shows the equivalent command. <code>DELETE /ocrolus/faults</code> turns all faults off.</p>
    </section>
  `;
}

/**
 * @typedef {{ facts: Snapshot['facts'], label: string, text: string, isOn: boolean, method: string, path: string, body?: object }} SwitchProps
 */

/** @param {SwitchProps} props */
function Switch({ facts, label, text, isOn, method, path, body }) {
  const { isBusy, run } = useAction();
  const turn = async () => {
    await ask(method, path, body);
    return `${label}: ${isOn ? 'off' : 'on'}.`;
  };
  return html`
    <button type="button" role="switch" class="switch" aria-checked=${isOn} aria-disabled=${isBusy} onClick=${() => run(control(facts, method, `/${path}`, body), turn)}>
      <span class="knob" aria-hidden="true"></span>
      <span><strong>${label}</strong><span class="muted">${text}</span></span>
    </button>
  `;
}
