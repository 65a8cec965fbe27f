import { html } from 'htm/preact';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { plural, words } from '../lib/format.js';
import { Command } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card, Facts, Unread } from '../parts/card.js';

/**
 * @typedef {import('../lib/api.js').Registration} Reports
 * @typedef {Exclude<Reports[number], { error: string }>} Report
 */

/** What Ocrolus has registered, which is asked when the page is opened. @param {{ facts: import('../lib/api.js').Facts }} props */
export function Registration({ facts }) {
  const { data, problem } = useData('registration', '');
  const reports = /** @type {Reports | undefined} */ (data);
  if (reports === undefined) return html`<${Unread} problem=${problem} />`;
  return html`
    ${reports.map((report) =>
      'error' in report
        ? html`<${Card} title=${report.account}><p class="problem">${report.error}</p></${Card}>`
        : html`<${Account} report=${report} facts=${facts} />`,
    )}
    ${reports.length === 0 && html`<p class="muted">The stack has no account.</p>`}
    <${Command} text=${ops(facts, 'registration')} />
  `;
}

/** @param {{ report: Report, facts: import('../lib/api.js').Facts }} props */
function Account({ report, facts }) {
  const { account, level, wanted, registered, difference, drift, waitsForDashboard } = report;
  const state = waitsForDashboard ? 'waiting' : drift ? 'differs' : 'ok';
  const texts = { waiting: 'Waits for the Dashboard', differs: 'Differs', ok: 'Matches the settings' };
  return html`
    <${Card} title=${account}>
      <p><${Badge} state=${state} text=${texts[state]} /></p>
      <${Facts} facts=${{
        Level: level,
        'Expected URL': html`<code>${wanted.url}</code>`,
        'Registered URL': registered === null ? 'nothing' : html`<code>${registered.url}</code>`,
        Webhook: words(difference.webhook),
      }} />
      <${Events} title="Expected" names=${wanted.events} />
      <${Events} title="Registered" names=${registered?.events ?? []} />
      <${Events} title="Missing" names=${difference.missing} isOpen />
      <${Events} title="Registered, not expected" names=${difference.unasked} isOpen />
      <${Events} title="Left out by Ocrolus, as expected" names=${difference.dropped} />
      ${waitsForDashboard && html`<p>Tick the missing events of this webhook in Ocrolus’s Dashboard. Then:</p>`}
      ${(waitsForDashboard || drift) && html`<${Command} text=${ops(facts, 'register', '--account', account)} />`}
    </${Card}>
  `;
}

/** @param {{ title: string, names: readonly string[], isOpen?: boolean }} props */
function Events({ title, names, isOpen = false }) {
  if (names.length === 0) return html`<p class="muted">${title}: none</p>`;
  return html`
    <details open=${isOpen}>
      <summary>${title}: ${plural(names.length, 'event')}</summary>
      <p>${names.map((name) => html`<code>${name}</code> `)}</p>
    </details>
  `;
}
