import { html } from 'htm/preact';
import { useId } from 'preact/hooks';

/** A part of a page with its heading. @param {{ title: unknown, children?: unknown }} props */
export function Card({ title, children }) {
  const id = useId();
  return html`
    <section class="card" aria-labelledby=${id}>
      <h2 id=${id}>${title}</h2>
      ${children}
    </section>
  `;
}

/** Facts with their names; those without a value are left out. @param {{ facts: Record<string, unknown> }} props */
export function Facts({ facts }) {
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt class="small muted">${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What a page shows until it is read, or instead. @param {{ problem?: string | undefined }} props */
export function Unread({ problem }) {
  return problem === undefined
    ? html`<p class="muted">Loading …</p>`
    : html`<p class="problem">${problem}</p>`;
}
