import { html } from 'htm/preact';
import { milliseconds, number } from '../lib/format.js';
import { Plot } from './plot.js';

/** @param {{ series: import('../lib/types.js').Snapshot['series'], limit: number }} props */
export function Plots({ series, limit }) {
  const { at, calls, limited, callMs, deliveryMs } = series;
  const most = Math.max(...calls);
  const refused = limited.reduce((sum, count) => sum + count, 0);
  const slowest = (/** @type {(number | null)[]} */ values) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? 'none' : milliseconds(Math.max(...known));
  };
  return html`
    <section class="plots" aria-label="The last three minutes">
      <${Plot}
        title="Calls to Ocrolus per second"
        summary=${`At most ${number(most)} of ${number(limit)} allowed; ${number(refused)} answered 429.`}
        at=${at}
        unit=""
        lines=${[
          { label: 'calls', colour: 'accent', values: calls },
          {
            label: 'answered 429',
            colour: 'bad',
            values: limited.map((count) => (count > 0 ? count : null)),
            isPoints: true,
          },
          { label: 'allowed', colour: 'muted', values: at.map(() => limit), isDashed: true },
        ]}
      />
      <${Plot}
        title="Slowest duration per second"
        summary=${`Slowest call ${slowest(callMs)}, slowest delivery ${slowest(deliveryMs)}.`}
        at=${at}
        unit=" ms"
        lines=${[
          { label: 'delivery, from webhook to ledger', colour: 'accent', values: deliveryMs, isPoints: true },
          { label: 'call to Ocrolus', colour: 'ok', values: callMs, isPoints: true },
        ]}
      />
    </section>
  `;
}
