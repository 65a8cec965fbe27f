import type { SQSRecord } from 'aws-lambda';
import type { ReplyState } from '../../../infra/local/ocrolus/model/reply.ts';
import type { Meter } from '../kernel/actors.ts';
import type { Message } from '../kernel/queue/messages.ts';
import type { Change } from '../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../ocrolus/ocrolus.ts';
import type { Core, ProcessedBatch } from '../system/core.ts';
import type { Attempt } from '../system/courier.ts';
import { CallChecks, type RunTimes } from './calls/call-checks.ts';
import { AnnouncedDeadlines } from './deadlines/announced.ts';
import { Deadlines, Saturation } from './deadlines/deadlines.ts';
import { LookDeadlines } from './deadlines/looks.ts';
import { Excused, Exemptions } from './excuses.ts';
import { checkEnd } from './final/end.ts';
import { Acknowledged } from './running/acknowledged.ts';
import { checkComplete } from './running/complete.ts';
import { DueCheck } from './running/due.ts';
import { checkForgottenCall, checkPrivacy } from './running/forgotten.ts';
import { LedgerCheck, ledgerKeyOf } from './running/ledger.ts';
import { checkDerived, NamedResults } from './running/named.ts';
import { checkNeverOlder, checkUnknownKept } from './running/never-older.ts';
import { Receives } from './running/receives.ts';
import { Units } from './running/units.ts';
import { isOnlyRecorded } from './vendor/announcements.ts';
import { Violations } from './violations.ts';
import type { Watch } from './watch.ts';
import { Discovery, WriteTimes } from './watched.ts';

/** Watches a run, and compares its end with Ocrolus. */
export class Oracle {
  readonly violations: Violations;
  readonly counts = { compared: 0, lines: 0, calls: 0 };
  readonly excused = new Excused();
  readonly calls: CallChecks;
  readonly units: Units;
  /** How often each kind is still missing in the end, because Ocrolus does not have it. */
  readonly missing: Record<string, number> = {};
  readonly #now: () => number;
  readonly #times: RunTimes;
  readonly #ledger: LedgerCheck;
  readonly #receives: Receives;
  readonly #deliveryIds = new Set<string>();
  #running: Running | undefined;

  constructor(now: () => number, times: RunTimes) {
    this.#now = now;
    this.#times = times;
    this.violations = new Violations(now);
    this.#ledger = new LedgerCheck(this.violations, (key) => this.#running?.acknowledged.finish(key));
    this.#receives = new Receives(this.violations, {
      quickRetries: () => this.#running?.watch.deployments.current.stage.poll.quickRetrySeconds.length ?? 0,
      mayWait: (bookUuid) => this.#isUnreadable(bookUuid),
    });
    this.units = new Units((id) => this.#deliveryIds.has(id));
    this.calls = new CallChecks(this.violations, times);
  }

  readonly listeners = {
    line: (actor: string, text: string) => {
      this.counts.lines += 1;
      checkPrivacy(actor, text, this.violations);
    },
    call: (_path: string, _status: number) => {
      this.counts.calls += 1;
    },
    send: (path: string) => this.calls.rate.send(path, this.#now()),
    understood: (call: SimulatedCall, state: ReplyState) => {
      this.#running?.saturation.call(call, this.#now());
      this.calls.understood(call, state, this.#now());
      const { core } = this.#running?.watch ?? {};
      if (core !== undefined) checkForgottenCall(call, core, this.#now(), this.violations);
    },
    refused: () => {
      this.calls.rate.refused += 1;
    },
    shown: (bookUuid: string) => this.#running?.looks.change(bookUuid),
    received: (records: readonly SQSRecord[]) => this.#receives.received(records),
    processed: (batch: ProcessedBatch) => {
      this.#receives.processed(batch);
      this.units.processed(batch);
      if (batch.failed !== undefined) return;
      for (const { body } of batch.records) this.#running?.acknowledged.died(ledgerKeyOf(JSON.parse(body)));
    },
    dead: (message: Readonly<Message>) => {
      const { disturbances, exemptions } = this.#running?.watch ?? {};
      if (disturbances?.hadOutageOfAws(message.sentAt, this.#now()) === true) return;
      if (exemptions?.mayBeDead(message, this.#now()) !== true)
        this.violations.add('dead-letter', message.group, message.body.slice(0, 400));
    },
    damaged: (bookUuid: string, from: number, until: number) =>
      this.#running?.watch.exemptions.damaged(bookUuid, from, until),
    backfilled: (account: string, at: number) => this.#running?.watch.discovery.backfilled(account, at),
    polled: (meter: Meter) => this.units.polled(meter),
    attempt: (attempt: Attempt) => this.#accept(attempt),
  };

  /** Whether the messages about a book may wait: it cannot be read, or could not be a while ago. */
  #isUnreadable(bookUuid: string): boolean {
    return this.#running?.watch.exemptions.wasDamaged(bookUuid, 0, this.#now()) === true;
  }

  #accept({ status, posted, delivery, account }: Attempt): void {
    const { bookUuid = '', eventName } = delivery;
    if (status !== 200 || posted?.envelope === undefined || this.#running === undefined) return;
    const { watch, named, announced, acknowledged } = this.#running;
    const key = ledgerKeyOf(posted.envelope);
    this.#ledger.accept(key, eventName, bookUuid);
    this.#deliveryIds.add(posted.envelope.deliveryId);
    watch.exemptions.accepted(posted.envelope.deliveryId, bookUuid);
    const names = named.accept(delivery, key);
    acknowledged.accept(key, names);
    // Asked for with the credentials of another account first.
    if (account === delivery.account) for (const naming of names) announced.add(naming);
    if (bookUuid === '') return;
    // Others are only recorded, or wait for Ocrolus to say which book they are about.
    const isNaming = posted.envelope.channel !== 'unrecognized' && !isOnlyRecorded(eventName);
    if (isNaming && posted.envelope.ids.bookUuid !== undefined) watch.discovery.named(bookUuid);
    this.calls.cause(bookUuid, this.#now());
  }

  watch(core: Core): Watch {
    const { deployments, disturbances } = core;
    const watch: Watch = {
      core,
      now: this.#now,
      quietAt: this.#times.quietAt,
      violations: this.violations,
      excused: this.excused,
      deadlines: new Deadlines(),
      disturbances,
      deployments,
      exemptions: new Exemptions(core),
      written: new WriteTimes(core),
      discovery: new Discovery(core),
    };
    this.#running = {
      watch,
      named: new NamedResults(watch),
      announced: new AnnouncedDeadlines(watch),
      acknowledged: new Acknowledged(watch),
      looks: new LookDeadlines(watch),
      due: new DueCheck(watch),
      saturation: new Saturation(disturbances, deployments),
    };
    watch.deadlines.start(core);
    this.calls.watch(
      core.table,
      deployments.all.map(({ stage }) => stage),
    );
    core.table.onChange((change) => this.#change(change));
    return watch;
  }

  #change(change: Change): void {
    if (this.#running === undefined) return;
    const { watch, named, announced, acknowledged, due } = this.#running;
    checkNeverOlder(change, this.violations);
    checkUnknownKept(change, this.violations);
    const isRenewed = watch.written.change(change);
    if (change.isExpiry === true) return;
    if (isRenewed) this.calls.cause(change.key.bookId, this.#now());
    for (const naming of checkDerived(change, watch, named)) announced.add(naming);
    this.#ledger.change(change);
    acknowledged.change(change);
    due.change(change);
    this.calls.change(change);
    checkComplete(change, watch);
  }

  /** At the end, when everything must have settled. */
  async check(): Promise<void> {
    if (this.#running === undefined) throw new Error('the oracle watches nothing');
    const { watch, named } = this.#running;
    const outcomeOf = (key: string) => this.#ledger.outcomeOf(key);
    const check = { ...watch, named, counts: this.counts, outcomeOf };
    for (const kind of await checkEnd(check)) this.missing[kind] = (this.missing[kind] ?? 0) + 1;
    this.#ledger.check((bookUuid) => this.#isUnreadable(bookUuid));
    this.calls.check(this.counts.compared);
    this.units.check(this.#times.isCalm, this.violations);
  }
}

interface Running {
  readonly watch: Watch;
  readonly named: NamedResults;
  readonly announced: AnnouncedDeadlines;
  readonly acknowledged: Acknowledged;
  readonly looks: LookDeadlines;
  readonly due: DueCheck;
  readonly saturation: Saturation;
}
