import * as z from 'zod';
import {
  isNoReport,
  NoReport,
  RegistrationReport,
  TICK_EVENTS,
} from '../../../shared/ocrolus/webhooks/reports.ts';
import { isBookRow, readDue } from '../../../shared/store/polling/due.ts';
import { queueDepth, readQueueStates, total } from '../queues/state.ts';
import type { Target } from '../target/target.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { LEFTOVERS } from './leftovers.ts';

/** Context of checks for local stacks and stages alike. */
export interface SystemContext {
  readonly target: Target;
  /** Options that select the same stack in suggested commands: ` --stage prod`. */
  readonly which: string;
  readonly now: number;
}

/** Number of messages that means a backlog: a busy stage has many in flight. */
const MANY_WAITING = 1000;

/** Deliveries are processed within seconds. The alarms have the limits of the stage. */
const OLD_MINUTES = 15;

/** Limit for a due book, which may wait for two periods of the poller and for the run in progress. */
const LATE_MINUTES = 15;

function describeLate(minutes: number): string {
  if (minutes === 0) return 'less than a minute';
  return `at most ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

const Reports = z.array(z.union([NoReport, RegistrationReport]));

export const SYSTEM_CHECKS: readonly Check<SystemContext>[] = [
  {
    name: 'dead letters',
    otherwise: 'see whether the queues are there, and whether you may read them',
    async run({ target: { sqs, queues }, which }) {
      const counts = await Promise.all(
        Object.entries(queues).map(async ([channel, { dlqUrl }]) => {
          return [channel, dlqUrl === null ? 0 : total(await queueDepth(sqs, dlqUrl))] as const;
        }),
      );
      const dead = counts.filter(([, count]) => count > 0);
      const [worst] = dead.toSorted(([, a], [, b]) => b - a);
      return worst === undefined
        ? ok('none')
        : fail(
            dead.map(([channel, count]) => `${channel} ${count}`).join(', '),
            `ops dlq ${worst[0]}${which}`,
          );
    },
  },
  {
    name: 'waiting',
    otherwise: 'see whether the queues are there, and whether you may read them',
    async run({ target: { sqs, queues }, which }) {
      const depths = await Promise.all(Object.values(queues).map(({ url }) => queueDepth(sqs, url)));
      const waiting = depths.reduce((sum, depth) => sum + total(depth), 0);
      return waiting < MANY_WAITING
        ? ok(`${waiting} messages`)
        : warn(`${waiting} messages`, `ops queues${which}; docs/runbook.md#queue-age`);
    },
  },
  {
    name: 'oldest message',
    otherwise: 'needs sqs:GetQueueAttributes and cloudwatch:GetMetricData',
    async run({ target, which }) {
      const states = await readQueueStates(target);
      const [oldest] = states.toSorted((a, b) => (b.ageSeconds ?? 0) - (a.ageSeconds ?? 0));
      const { channel, ageSeconds } = oldest ?? {};
      if (typeof ageSeconds !== 'number') return ok('none is known');
      const age = ageSeconds < 120 ? `${ageSeconds} s` : `${Math.round(ageSeconds / 60)} minutes`;
      const found = `${age} in ${channel}`;
      return ageSeconds < OLD_MINUTES * 60
        ? ok(found)
        : warn(found, `ops queues${which}; docs/runbook.md#queue-age`);
    },
  },
  {
    name: 'due books',
    otherwise: 'see whether the table is there, and whether you may read it',
    async run({ target, which, now }) {
      let oldest = now;
      let seen = 0;
      // The shards alternate, each with its oldest first.
      for await (const row of readDue(target.table(), new Date(now).toISOString())) {
        if (!isBookRow(row)) continue;
        oldest = Math.min(oldest, Date.parse(row.dueAt));
        seen += 1;
        if (seen === 100) break;
      }
      const minutes = Math.floor((now - oldest) / 60_000);
      if (minutes < LATE_MINUTES) return ok(seen === 0 ? 'none is due' : `due for ${describeLate(minutes)}`);
      return fail(
        `due for ${minutes} minutes: the poller does not run, or does not keep up`,
        `ops poll${which}; docs/runbook.md#poller-silent`,
      );
    },
  },
  {
    name: 'webhook secrets',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#secret-missing',
    async run({ target, which }) {
      const accounts = await target.accounts();
      const isSet = await Promise.all(
        accounts.map(async (account) => (await target.webhookSecret(account)) !== ''),
      );
      const unset = accounts.filter((_, index) => !isSet[index]);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(`not set: ${unset.join(', ')}`, `docs/runbook.md#secret-missing; then ops register${which}`);
    },
  },
  {
    name: 'API credentials',
    otherwise:
      'see whether the secrets are there, and whether you may read them; docs/runbook.md#ocrolus-unavailable',
    async run({ target }) {
      const accounts = await target.accounts();
      const access = await Promise.all(accounts.map((account) => target.ocrolus(account)));
      const unset = accounts.filter((_, index) => access[index]?.credentials === undefined);
      return unset.length === 0
        ? ok(`set: ${accounts.join(', ')}`)
        : fail(
            `not filled in: ${unset.join(', ')}`,
            'put {"clientId":"…","clientSecret":"…"} into the secret ocrolus/<stage>/<account>/credentials',
          );
    },
  },
  {
    name: 'registration',
    otherwise: 'docs/runbook.md#upkeep-errors',
    async run({ target, which }) {
      const reports = Reports.parse(await target.invoke('registration', { action: 'show' }));
      const unasked = reports.filter(isNoReport);
      if (unasked.length > 0) {
        return fail(
          unasked.map(({ account, error }) => `${account}: ${error}`).join('; '),
          'check the API credentials; docs/runbook.md#ocrolus-unavailable',
        );
      }
      const names = (some: typeof reports) => some.map(({ account }) => account).join(', ');
      const waiting = reports.filter((report) => !isNoReport(report) && report.waitsForDashboard);
      if (waiting.length > 0) {
        return warn(
          `waiting for the Dashboard: ${names(waiting)}`,
          `${TICK_EVENTS}${which}; ops registration${which} lists them`,
        );
      }
      const differing = reports.filter((report) => !isNoReport(report) && report.drift);
      return differing.length === 0
        ? ok(`matches the settings: ${names(reports)}`)
        : fail(`differs: ${names(differing)}`, `ops registration${which}, then ops register${which}`);
    },
  },
  LEFTOVERS,
];
