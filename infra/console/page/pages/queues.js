import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ask, useData } from '../lib/api.js';
import { ops } from '../lib/commands.js';
import { duration, number, words } from '../lib/format.js';
import { linkTo } from '../lib/route.js';
import { ActionButton, Command } from '../parts/actions.js';
import { Table } from '../parts/table.js';

/**
 * @typedef {import('../lib/api.js').Snapshot} Snapshot
 * @typedef {NonNullable<Snapshot['queues']>[number]} Queue
 * @typedef {import('../lib/api.js').DeadLetter} DeadLetter
 */

/** @param {{ snapshot: Snapshot, version: string }} props */
export function Queues({ snapshot, version }) {
  const { facts, queues = [] } = snapshot;
  const isStage = snapshot.stage !== null;
  const dead = queues.filter(({ dlq }) => dlq > 0);
  return html`
    <section class="card" aria-labelledby="queues">
      <h2 id="queues" class="unseen">All queues</h2>
      <${QueueTable} queues=${queues} />
      <${Command} text=${ops(facts, 'queues')} />
    </section>
    <h2>Dead letters</h2>
    ${isStage && dead.length > 0 && html`<p class="muted">SQS cannot show a message without receiving it: others do not see it for some seconds.</p>`}
    ${dead.length === 0 && html`<p class="empty">None. A message that fails too often is moved here, and stays until you redrive or discard it.</p>`}
    ${dead.map(({ channel }) => html`<${isStage ? HiddenLetters : DeadLetters} key=${channel} channel=${channel} version=${version} facts=${facts} />`)}
  `;
}

/** @param {{ queues: readonly Queue[] }} props */
export function QueueTable({ queues }) {
  return html`
    <${Table}
      caption="Queues"
      columns=${COLUMNS}
      rows=${queues}
      rowKey=${(/** @type {Queue} */ queue) => queue.channel}
      empty="The stack has no queue."
    />
  `;
}

/** @typedef {{ channel: string, version: string, facts: import('../lib/api.js').Facts }} Props */

/** Dead letters of a stage, which are read only when they are asked for. @param {Props} props */
function HiddenLetters(props) {
  const [isShown, setShown] = useState(false);
  if (isShown) return html`<${DeadLetters} ...${props} />`;
  return html`<p><button type="button" onClick=${() => setShown(true)}>Show the dead letters of ${props.channel}</button></p>`;
}

/** @param {Props} props */
function DeadLetters({ channel, version, facts }) {
  const { data, problem } = useData(/** @type {string} */ (`dead-letters/${channel}`), version);
  const letters = /** @type {DeadLetter[]} */ (data ?? []);
  const redrive = ops(facts, 'redrive', channel);
  const discard = (/** @type {string} */ messageId) => ops(facts, 'dlq', 'discard', messageId);
  /** @type {import('../parts/table.js').Column<DeadLetter>[]} */
  const columns = [
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
  if (facts.stage === null)
    columns.push({
      label: 'Discard',
      isAction: true,
      cell: ({ messageId, event }) => html`
        <${ActionButton}
          kind="danger"
          label=${`Discard ${event ?? 'the message'} ${messageId}`}
          command=${discard(messageId)}
          question=${`Save ${event ?? 'the message'} ${messageId} to a file, and delete it from the queue?`}
          act=${async () => (await ask('POST', 'discard', { messageId })).message}
        >
          Discard
        </${ActionButton}>
      `,
    });
  return html`
    <section class="card" aria-labelledby=${`dead-${channel}`}>
      <h3 id=${`dead-${channel}`}>${channel}</h3>
      ${problem !== undefined && html`<p class="problem">${problem}</p>`}
      <${Table}
        caption=${`Dead letters of ${channel}`}
        columns=${columns}
        rows=${letters}
        rowKey=${(/** @type {DeadLetter} */ { messageId }) => messageId}
        empty=${data === undefined ? 'Loading …' : 'None is there now.'}
      />
      ${
        facts.stage === null &&
        html`<p>
        <${ActionButton} kind="main" command=${redrive} act=${async () => (await ask('POST', 'redrive', { channel })).message}>
          Redrive all of ${channel}
        </${ActionButton}>
      </p>`
      }
      <${Command} text=${redrive} />
      <p class="muted">Discard first saves the message to a file${facts.stage === null && ' in the stack’s folder'}: <code>${discard('<message id>')}</code></p>
    </section>
  `;
}

/** @type {import('../parts/table.js').Column<Queue>[]} */
const COLUMNS = [
  { label: 'Queue', cell: ({ channel }) => channel },
  {
    label: 'Consumer',
    cell: ({ isPaused }) =>
      isPaused === true
        ? html`<span class="badge warn">Paused</span>`
        : isPaused === false
          ? 'running'
          : null,
  },
  { label: 'Waiting', isNumber: true, cell: ({ visible }) => number(visible) },
  { label: 'In flight', isNumber: true, cell: ({ inFlight }) => number(inFlight) },
  { label: 'Delayed', isNumber: true, cell: ({ delayed }) => number(delayed) },
  { label: 'Oldest', isNumber: true, cell: ({ ageSeconds }) => duration(ageSeconds) },
  {
    label: 'Dead',
    isNumber: true,
    cell: ({ dlq }) => (dlq === 0 ? '0' : html`<span class="badge bad">${number(dlq)} dead</span>`),
  },
  { label: 'Oldest dead', isNumber: true, cell: ({ dlqAgeSeconds }) => duration(dlqAgeSeconds) },
];
