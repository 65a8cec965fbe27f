import type { Change } from '../kernel/table/memory-table-core.ts';
import type { Attempt, Core, CoreListeners } from '../system/core.ts';
import { CallChecks, type RunTimes } from './calls/call-checks.ts';
import { AnnouncedDeadlines } from './deadlines/announced.ts';
import { Deadlines, Saturation } from './deadlines/deadlines.ts';
import { LookDeadlines } from './deadlines/looks.ts';
import { Excused, Exemptions } from './excuses.ts';
import { checkEnd } from './final/end.ts';
import { Acknowledged, DueCheck } from './running/acknowledged.ts';
import { checkComplete } from './running/complete.ts';
import { checkForgottenCall, checkPrivacy } from './running/forgotten.ts';
import {
  checkIndexed,
  checkNeverOlder,
  checkUnknownKept,
  LedgerCheck,
  ledgerKeyOf,
} from './running/ledger.ts';
import { checkDerived, NamedResults } from './running/named.ts';
import { PublishedCheck } from './running/published.ts';
import { isOnlyRecorded } from './vendor/announcements.ts';
import { Violations } from './violations.ts';
import { Discovery, type Watch, WriteTimes } from './watch.ts';

/** Watches a run, and compares its end with Ocrolus. */
export class Oracle {
  readonly watch: Watch;
  readonly counts = { compared: 0 };
  readonly calls: CallChecks;
  /** How often each kind is still missing in the end, because Ocrolus does not have it. */
  readonly missing: Record<string, number> = {};
  readonly listeners: CoreListeners;
  readonly #ledger: LedgerCheck;
  readonly #named: NamedResults;
  readonly #announced: AnnouncedDeadlines;
  readonly #acknowledged: Acknowledged;
  readonly #published: PublishedCheck;

  constructor(core: Core, times: RunTimes) {
    const { deployments, disturbances, simulation } = core;
    const { now } = simulation.scheduler;
    const violations = new Violations(now);
    this.watch = {
      core,
      now,
      quietAt: times.quietAt,
      violations,
      excused: new Excused(),
      deadlines: new Deadlines(),
      disturbances,
      deployments,
      exemptions: new Exemptions(core),
      written: new WriteTimes(core),
      discovery: new Discovery(core),
    };
    this.calls = new CallChecks(this.watch, times);
    this.#named = new NamedResults(this.watch);
    this.#announced = new AnnouncedDeadlines(this.watch);
    this.#acknowledged = new Acknowledged(this.watch);
    this.#published = new PublishedCheck(this.watch);
    this.#ledger = new LedgerCheck(violations, (key) => this.#acknowledged.finish(key));
    const due = new DueCheck(this.watch);
    core.table.onChange((change) => this.#change(change, due));
    this.watch.deadlines.start(core);
    this.listeners = this.#listen();
  }

  #listen(): CoreListeners {
    const { calls, watch } = this;
    const { core, now, violations, disturbances, deployments, exemptions, discovery } = watch;
    const looks = new LookDeadlines(watch);
    const saturation = new Saturation(disturbances, deployments);
    return {
      line: (actor, text) => checkPrivacy(actor, text, violations),
      send: (path) => calls.rate.send(path, now()),
      understood: (call, state) => {
        saturation.call(call, now());
        calls.understood(call, state);
        checkForgottenCall(call, core, now(), violations);
      },
      refused: () => {
        calls.rate.refused += 1;
      },
      shown: (bookUuid) => looks.change(bookUuid),
      processed: (batch) => {
        if (batch.failed !== undefined) return;
        for (const { body } of batch.records) this.#acknowledged.died(ledgerKeyOf(JSON.parse(body)));
      },
      dead: (message) => {
        if (disturbances.hadOutageOfAws(message.sentAt, now()) || exemptions.mayBeDead(message, now()))
          return;
        violations.add('dead-letter', message.group, message.body.slice(0, 400));
      },
      published: (event) => this.#published.publish(event),
      damaged: (bookUuid, from, until) => exemptions.damaged(bookUuid, from, until),
      backfilled: (account, at) => discovery.backfilled(account, at),
      attempt: (attempt) => this.#accept(attempt),
    };
  }

  /** Whether the messages about a book may wait: it cannot be read, or could not be a while ago. */
  #isUnreadable(bookUuid: string): boolean {
    return this.watch.exemptions.wasDamaged(bookUuid, 0, this.watch.now());
  }

  #accept({ status, posted, delivery, account }: Attempt): void {
    const { bookUuid = '', eventName } = delivery;
    if (status !== 200 || posted?.envelope === undefined) return;
    const key = ledgerKeyOf(posted.envelope);
    this.#ledger.accept(key, eventName, bookUuid);
    this.watch.exemptions.accepted(posted.envelope.deliveryId, bookUuid);
    const names = this.#named.accept(delivery, key);
    this.#acknowledged.accept(key, names);
    // Asked for with the credentials of another account first.
    if (account === delivery.account) for (const naming of names) this.#announced.add(naming);
    if (bookUuid === '') return;
    // Others are only recorded, or wait for Ocrolus to say which book they are about.
    const isNaming = posted.envelope.channel !== 'unrecognized' && !isOnlyRecorded(eventName);
    if (isNaming && posted.envelope.ids.bookUuid !== undefined) this.watch.discovery.named(bookUuid);
    this.calls.cause(bookUuid);
  }

  #change(change: Change, due: DueCheck): void {
    const { watch } = this;
    checkNeverOlder(change, watch.violations);
    checkUnknownKept(change, watch.violations);
    const isRenewed = watch.written.change(change);
    this.#published.change(change);
    if (change.isExpiry === true) return;
    if (isRenewed) this.calls.cause(change.key.bookId);
    for (const naming of checkDerived(change, watch, this.#named)) this.#announced.add(naming);
    this.#ledger.change(change);
    checkIndexed(change, watch);
    this.#acknowledged.change(change);
    due.change(change);
    this.calls.change(change);
    checkComplete(change, watch);
  }

  /** At the end, when everything must have settled. */
  async check(): Promise<void> {
    const outcomeOf = (key: string) => this.#ledger.outcomeOf(key);
    const check = {
      ...this.watch,
      named: this.#named,
      published: this.#published,
      counts: this.counts,
      outcomeOf,
    };
    for (const kind of await checkEnd(check)) this.missing[kind] = (this.missing[kind] ?? 0) + 1;
    this.#ledger.check((bookUuid) => this.#isUnreadable(bookUuid));
    this.calls.check();
  }
}
