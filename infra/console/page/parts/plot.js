import { html } from 'htm/preact';
import { milliseconds, number } from '../lib/format.js';

/**
 * @typedef {{ label: string, colour: 'accent' | 'bad' | 'muted' | 'ok', shape: 'area' | 'dashed' | 'points', values: readonly (number | null)[] }} Line
 */

const TIMES = ['3 min ago', '2 min ago', '1 min ago', 'now'];

/**
 * Lines over the last three minutes, with one value for each second. The picture is stretched to the width of its place.
 *
 * @param {{ title: string, summary: string, lines: Line[], tick: (value: number) => string | null }} props
 */
function Plot({ title, summary, lines, tick }) {
  const top = topOf(lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const last = (lines[0]?.values.length ?? 0) - 1;
  return html`
    <figure class="plot">
      <figcaption>
        <strong>${title}</strong>
        <span class="legend">
          ${lines.map(({ label, colour }) => html`<span><i class=${`key ${colour}`}></i>${label}</span>`)}
        </span>
      </figcaption>
      <div class="picture" role="img" aria-label=${`${title}. ${summary}`}>
        <div class="ticks">${[top, top / 2, 0].map((value) => html`<span>${tick(value)}</span>`)}</div>
        <svg viewBox=${`0 0 ${last} ${top}`} preserveAspectRatio="none">
          <path d=${`M0 0H${last}M0 ${top / 2}H${last}M0 ${top}H${last}`} />
          ${lines.map(({ colour, shape, values }) => html`<path class=${`${shape} ${colour}`} d=${pathOf(values, shape, top)} />`)}
        </svg>
        <div class="times">${TIMES.map((time) => html`<span>${time}</span>`)}</div>
      </div>
      <p class="summary">${summary}</p>
    </figure>
  `;
}

/** The highest value of the axis: a round number, and at least 2. @param {number[]} values */
function topOf(values) {
  const most = Math.max(2, ...values);
  const digit = 10 ** Math.floor(Math.log10(most));
  return Math.ceil(most / digit) * digit;
}

/** A point is a line without length, with round ends. @param {Line['values']} values @param {Line['shape']} shape @param {number} top */
function pathOf(values, shape, top) {
  const points = values.flatMap((value, at) => (value === null ? [] : [`${at} ${top - value}`]));
  if (shape === 'points') return points.map((point) => `M${point}h0`).join('');
  const line = points.join('L');
  return shape === 'area' ? `M0 ${top}L${line}L${values.length - 1} ${top}` : `M${line}`;
}

/** @param {{ series: import('../lib/api.js').LocalSnapshot['series'], limit: number }} props */
export function Plots({ series, limit }) {
  const { calls, limited, callMs, deliveryMs } = series;
  const most = Math.max(...calls);
  const refused = limited.reduce((sum, count) => sum + count, 0);
  const slowest = (/** @type {(number | null)[]} */ values) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? 'none' : milliseconds(Math.max(...known));
  };
  const notNone = limited.map((count) => (count > 0 ? count : null));
  return html`
    <section class="plots" aria-label="The last three minutes">
      <${Plot}
        title="Calls to Ocrolus per second"
        summary=${`At most ${number(most)} of ${number(limit)} allowed; ${number(refused)} answered 429.`}
        tick=${number}
        lines=${[
          { label: 'calls', colour: 'accent', shape: 'area', values: calls },
          { label: 'answered 429', colour: 'bad', shape: 'points', values: notNone },
          { label: 'allowed', colour: 'muted', shape: 'dashed', values: calls.map(() => limit) },
        ]}
      />
      <${Plot}
        title="Slowest duration per second"
        summary=${`Slowest call ${slowest(callMs)}, slowest delivery ${slowest(deliveryMs)}.`}
        tick=${milliseconds}
        lines=${[
          {
            label: 'delivery, from webhook to ledger',
            colour: 'accent',
            shape: 'points',
            values: deliveryMs,
          },
          { label: 'call to Ocrolus', colour: 'ok', shape: 'points', values: callMs },
        ]}
      />
    </section>
  `;
}
