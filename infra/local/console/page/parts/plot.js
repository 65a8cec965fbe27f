import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { milliseconds, number } from '../lib/format.js';

/**
 * @typedef {{ label: string, colour: 'accent' | 'bad' | 'muted' | 'ok', values: (number | null)[], isDashed?: boolean, isPoints?: boolean }} Line
 */

const HEIGHT = 150;

/**
 * Lines over the last minutes.
 *
 * @param {{ title: string, summary: string, at: number[], lines: Line[], unit: string }} props
 */
export function Plot({ title, summary, at, lines, unit }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | undefined} */ (undefined));
  const scheme = useScheme();

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, lines, unit), dataOf(at, lines), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [scheme]);

  useEffect(() => {
    plot.current?.setData(dataOf(at, lines));
  }, [at]);

  return html`
    <figure class="plot">
      <figcaption>
        <strong>${title}</strong>
        <span class="legend">
          ${lines.map(({ label, colour }) => html`<span><i class=${`key ${colour}`}></i>${label}</span>`)}
        </span>
      </figcaption>
      <div ref=${place} role="img" aria-label=${`${title}. ${summary}`}></div>
      <p class="summary">${summary}</p>
    </figure>
  `;
}

/** @param {number[]} at @param {Line[]} lines @returns {uPlot.AlignedData} */
function dataOf(at, lines) {
  return [at, ...lines.map(({ values }) => values)];
}

/**
 * @param {HTMLElement} element
 * @param {Line[]} lines
 * @param {string} unit
 * @returns {uPlot.Options}
 */
function optionsOf(element, lines, unit) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, _min, max) => [0, Math.max(1, (max ?? 0) * 1.15)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        gap: 4,
        values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toISOString().slice(11, 16)),
        incrs: [60],
      },
      {
        ...axis,
        size: 60,
        values: (_, ticks) =>
          ticks.map((tick) => (unit === ' ms' && tick >= 1000 ? `${tick / 1000} s` : `${tick}${unit}`)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name, isDashed, isPoints }) => ({
        label,
        stroke: colour(name),
        fill: name === 'accent' && !isPoints ? colour('accent-soft') : '',
        width: isDashed ? 1 : 1.5,
        dash: isDashed ? [4, 4] : [],
        spanGaps: false,
        ...(isPoints && { paths: () => null }),
        points: isPoints ? { show: true, size: 6, fill: colour(name) } : { show: false },
      })),
    ],
  };
}

/** Redraws the plot when the color scheme changes, which a canvas does not follow. */
function useScheme() {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = () => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return isDark;
}

/** @param {{ series: import('../lib/api.js').Snapshot['series'], limit: number }} props */
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
