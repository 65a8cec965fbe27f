import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { duration, number, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { Action, ActionButton, Command, post } from '../parts/actions.js';
import { Badge } from '../parts/badge.js';
import { Card } from '../parts/card.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').Snapshot} Snapshot
 * @typedef {NonNullable<Snapshot['queues']>[number]} Queue
 * @typedef {import('../lib/api.js').DeadLetter} DeadLetter
 */

/** @param {{ snapshot: Snapshot }} props */
export function Queues({ snapshot: { facts, queues = [] } }) {
  const dead = queues.filter(({ dlq }) => dlq > 0);
  return html`
    <${Card} title="Messages">
      <${QueueTable} queues=${queues} />
      <${Command} text=${ops(facts, 'queues')} />
    </${Card}>
    <h2>Dead letters</h2>
    ${
      dead.length === 0
        ? html`<p class="muted">None. A message that fails too often is moved here, and stays until you redrive or discard it.</p>`
        : html`<p class="muted">SQS cannot show a message without receiving it: others do not see it for some seconds.</p>`
    }
    ${dead.map(({ channel, dlq }) => html`<${DeadLetters} key=${channel} channel=${channel} count=${dlq} facts=${facts} />`)}
  `;
}

/** @param {{ queues: readonly Queue[] }} props */
export function QueueTable({ queues }) {
  return html`<${Table} caption="Queues" columns=${COLUMNS} rows=${queues} empty="The queues could not be read." />`;
}

/** Dead letters of a channel, which are read only when they are asked for. @param {{ channel: string, count: number, facts: import('../lib/api.js').Facts }} props */
function DeadLetters({ channel, count, facts }) {
  const [isShown, setShown] = useState(false);
  const { data, problem } = useData(isShown ? `dead-letters/${channel}` : null, count);
  const letters = /** @type {DeadLetter[] | undefined} */ (data);
  const isLocal = facts.stage === null;
  const discard = (/** @type {string} */ messageId) => ops(facts, 'dlq', 'discard', messageId);
  /** @type {import('../parts/table.js').Column<DeadLetter>} */
  const discardColumn = {
    label: 'Discard',
    isAction: true,
    cell: ({ messageId, event }) => html`
      <${ActionButton}
        kind="bad"
        label=${`Discard ${event ?? 'the message'} ${messageId}`}
        command=${discard(messageId)}
        question=${`Save ${event ?? 'the message'} ${messageId} to a file, and delete it from the queue?`}
        act=${post('discard', { messageId })}
      >
        Discard
      </${ActionButton}>
    `,
  };
  return html`
    <${Card} title=${channel}>
      ${!isShown && html`<p><button type="button" onClick=${() => setShown(true)}>Show the dead letters of ${channel}</button></p>`}
      ${
        isShown &&
        html`
          <${Table}
            caption=${`Dead letters of ${channel}`}
            columns=${isLocal ? [...LETTERS, discardColumn] : LETTERS}
            rows=${letters ?? []}
            empty=${problem ?? (letters === undefined ? 'Loading …' : 'None is there now.')}
          />
        `
      }
      <${Action} facts=${facts} kind="main" command=${ops(facts, 'redrive', channel)} act=${post('redrive', { channel })}>Redrive all of ${channel}</${Action}>
      <p class="muted">Discard first saves the message to a file${isLocal && ' in the stack’s folder'}: <code>${discard('<message id>')}</code></p>
    </${Card}>
  `;
}

/** @type {import('../parts/table.js').Column<DeadLetter>[]} */
const LETTERS = [
  {
    label: 'Event',
    cell: ({ deliveryId, event }) =>
      deliveryId === null
        ? 'unreadable'
        : html`<a href=${linkTo('deliveries', deliveryId)}>${event ?? 'unknown'}</a>`,
  },
  { label: 'Why', cell: ({ why }) => words(why) },
  { label: 'Last code', cell: ({ codes }) => codes.at(-1) ?? null },
  { label: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
  { label: 'Age', isNumber: true, cell: ({ ageSeconds }) => duration(ageSeconds) },
];

/** @type {import('../parts/table.js').Column<Queue>[]} */
const COLUMNS = [
  { label: 'Queue', cell: ({ channel }) => channel },
  {
    label: 'Consumer',
    cell: ({ isPaused }) => isPaused !== null && (isPaused ? html`<${Badge} state="paused" />` : 'running'),
  },
  { label: 'Waiting', isNumber: true, cell: ({ visible }) => number(visible) },
  { label: 'In flight', isNumber: true, cell: ({ inFlight }) => number(inFlight) },
  { label: 'Delayed', isNumber: true, cell: ({ delayed }) => number(delayed) },
  { label: 'Oldest', isNumber: true, cell: ({ ageSeconds }) => duration(ageSeconds) },
  {
    label: 'Dead',
    isNumber: true,
    cell: ({ dlq }) => (dlq === 0 ? '0' : html`<${Badge} state="dead" text=${`${number(dlq)} dead`} />`),
  },
  { label: 'Oldest dead', isNumber: true, cell: ({ dlqAgeSeconds }) => duration(dlqAgeSeconds) },
];
