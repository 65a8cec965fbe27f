import { iso } from '../../../shared/time.ts';
import { type Check, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import { queueDepth, readQueueStates, total } from '../queues/state.ts';

/** Number of messages that means a backlog: a busy stage has many in flight. */
const MANY_WAITING = 1000;

/** Deliveries are processed within seconds. The alarms have the limits of the stage. */
const OLD_MINUTES = 15;

export const QUEUE_CHECKS: readonly Check<SystemContext>[] = [
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
            `ops dlq ${worst[0]}${which}; docs/runbook.md#dead-letters`,
            {
              count: dead.reduce((sum, [, count]) => sum + count, 0),
              concerns: dead.map(([channel]) => channel),
            },
          );
    },
  },
  {
    name: 'paused',
    otherwise: 'needs lambda:GetEventSourceMapping (the policy pause), and a stage deployed by this version',
    async run({ target, which }) {
      const paused = await target.pausedChannels();
      const [only, ...others] = paused;
      if (only === undefined) return ok('no consumer');
      const resumed = others.length === 0 ? only : '--all';
      return warn(
        `${paused.join(', ')}: deliveries wait`,
        `ops resume ${resumed}${which}, when its reason is gone; docs/runbook.md#queue-age`,
        { count: paused.length, concerns: paused },
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
        : warn(`${waiting} messages`, `ops queues${which}; docs/runbook.md#queue-age`, { count: waiting });
    },
  },
  {
    name: 'oldest message',
    otherwise: 'needs sqs:GetQueueAttributes and cloudwatch:GetMetricData',
    async run({ target, which, now }) {
      const states = await readQueueStates(target);
      const [oldest] = states.toSorted((a, b) => (b.ageSeconds ?? 0) - (a.ageSeconds ?? 0));
      const { channel, ageSeconds } = oldest ?? {};
      if (typeof ageSeconds !== 'number') return ok('none is known');
      const age = ageSeconds < 120 ? `${ageSeconds} s` : `${Math.round(ageSeconds / 60)} minutes`;
      const found = `${age} in ${channel}`;
      return ageSeconds < OLD_MINUTES * 60
        ? ok(found)
        : warn(found, `ops queues${which}; docs/runbook.md#queue-age`, {
            since: iso(now - ageSeconds * 1000),
            concerns: [String(channel)],
          });
    },
  },
];
