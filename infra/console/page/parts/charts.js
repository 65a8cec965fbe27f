import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { milliseconds, number, seconds } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Command } from './actions.js';
import { Card, Unread } from './card.js';
import { Table } from './table.js';

/**
 * @typedef {import('../lib/api.js').Metrics} Metrics
 * @typedef {{ title: string, tones: { [Id in Metrics['series'][number]['id']]?: string }, isTime?: boolean }} Chart
 */

const RANGES = ['15m', '1h', '6h', '24h', '7d'];

/** Series of `ops metrics` that are compared with each other, each with the tone of its line. @type {Chart[]} */
const CHARTS = [
  { title: 'Deliveries', tones: { deliveries: 'busy', refused: 'bad' } },
  { title: 'Calls to Ocrolus', tones: { calls: 'busy', throttled: 'bad' } },
  { title: 'Latency', tones: { callMs: 'busy', delayMs: 'ok', slowMs: 'warn' }, isTime: true },
  { title: 'Missing results', tones: { overdue: 'warn', recovered: 'ok' } },
];

/** Milliseconds between two reads: of a file, or of CloudWatch, which has a value for each minute. */
const [LOCAL_EVERY_MS, STAGE_EVERY_MS] = [5000, 60_000];

/** Charts over a time, which the address names. @param {{ facts: import('../lib/api.js').Facts, query: URLSearchParams, now: number }} props */
export function Charts({ facts, query, now }) {
  const since = query.get('since') ?? '1h';
  const version = Math.floor(now / (facts.stage === null ? LOCAL_EVERY_MS : STAGE_EVERY_MS));
  const read = useData(`metrics?since=${encodeURIComponent(since)}`, version);
  const metrics = /** @type {Metrics | undefined} */ (read.data);
  return html`
    <${Card} title="Over time">
      <nav class="row" aria-label="Time range">
        ${RANGES.map((range) => html`<a href=${linkTo('', null, { since: range })} aria-current=${range === since ? 'true' : undefined}>${range}</a>`)}
      </nav>
      ${metrics === undefined ? html`<${Unread} problem=${read.problem} />` : html`<${Measured} metrics=${metrics} facts=${facts} />`}
      <${Command} text=${ops(facts, 'metrics', '--since', since, '--csv')} />
    </${Card}>
  `;
}

/** @param {{ metrics: Metrics, facts: import('../lib/api.js').Facts }} props */
function Measured({ metrics, facts }) {
  const { series, periods } = metrics;
  const rows = periods
    .map((at, index) => ({ at, values: series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (rows.length === 0) {
    const what =
      facts.stage === null
        ? 'Create a book or send an event under “Simulate”, or choose a longer time.'
        : 'CloudWatch shows a delivery after some minutes. Choose a longer time, or see whether any arrives: ops doctor.';
    return html`<p class="muted">Nothing was measured in this time. ${what}</p>`;
  }
  const columns = series.map(({ label }, index) => ({
    label,
    isNumber: true,
    cell: (/** @type {typeof rows[number]} */ { values: { [index]: value = null } }) =>
      value && number(Math.round(value)),
  }));
  const time = { label: 'From (UTC)', cell: (/** @type {typeof rows[number]} */ { at }) => seconds(at) };
  return html`
    <div class="halves">${CHARTS.map((chart) => html`<${Figure} chart=${chart} metrics=${metrics} />`)}</div>
    <details>
      <summary>The same as a table</summary>
      <${Table} caption="Metrics over time" columns=${[time, ...columns]} rows=${rows.toReversed()} />
    </details>
  `;
}

/** The picture is stretched to the width of its place. @param {{ chart: Chart, metrics: Metrics }} props */
function Figure({ chart: { title, tones, isTime = false }, metrics: { series, periods } }) {
  const lines = series.flatMap((one) => {
    const tone = tones[one.id];
    return tone === undefined ? [] : [{ ...one, tone }];
  });
  const known = lines.map(({ values }) => values.filter((value) => value !== null));
  const top = topOf(known.flat());
  const show = (/** @type {number} */ value) => (isTime ? milliseconds(value) : number(value));
  const totals = lines.map(({ label }, index) => {
    const values = known[index] ?? [];
    if (values.length === 0) return `${label}: ${isTime ? 'none' : 0}`;
    return `${label}: ${isTime ? `at most ${show(Math.max(...values))}` : show(values.reduce((sum, value) => sum + value, 0))}`;
  });
  const ends = [periods[0] ?? 0, periods.at(-1) ?? 0];
  return html`
    <figure>
      <figcaption class="small row">
        <strong>${title}</strong>
        ${totals.map((text, index) => html`<span class=${lines[index]?.tone}>■ ${text}</span>`)}
      </figcaption>
      <div class="picture small muted" role="img" aria-label=${`${title}. ${totals.join('; ')}`}>
        <div class="ticks">${[top, top / 2, 0].map((value) => html`<span>${show(value)}</span>`)}</div>
        <svg viewBox=${`0 0 ${periods.length} ${top}`} preserveAspectRatio="none">
          <path d=${[0, top / 2, top].map((y) => `M0 ${y}H${periods.length}`).join('')} />
          ${lines.map(({ values, tone }) => html`<path class=${`${isTime ? 'points' : 'bars'} ${tone}`} d=${pathOf(values, top, isTime)} />`)}
        </svg>
        <span></span><div class="times">${ends.map((at) => html`<span>${seconds(at)}</span>`)}</div>
      </div>
    </figure>
  `;
}

/** The highest value of the axis: a round number, and at least 2. @param {number[]} values */
function topOf(values) {
  const most = Math.max(2, ...values);
  const digit = 10 ** Math.floor(Math.log10(most));
  return Math.ceil(most / digit) * digit;
}

/** A bar for each count. A duration is a point: a line without length, with round ends. @param {readonly (number | null)[]} values @param {number} top @param {boolean} isTime */
function pathOf(values, top, isTime) {
  return values
    .map((value, at) => {
      if (value === null || (value === 0 && !isTime)) return '';
      return isTime ? `M${at + 0.5} ${top - value}h0` : `M${at + 0.1} ${top}V${top - value}h.8V${top}z`;
    })
    .join('');
}
