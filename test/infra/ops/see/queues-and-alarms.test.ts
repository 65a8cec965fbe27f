import { describe, expect, it } from 'vitest';
import { readLocalAges, readStageAges } from '../../../../infra/ops/queues/ages.ts';
import { type Alarm, readAlarms } from '../../../../infra/ops/target/alarms.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { fakeTarget, ops } from '../fake-target.ts';
import { cloudWatchWith } from '../testing/cloud-watch.ts';
import { sqsWith } from '../testing/sqs.ts';
import { useStack } from '../testing/stack.ts';

const stack = useStack('lifecycle');

describe('queues', () => {
  it('every queue and its DLQ are counted', async () => {
    const target = fakeTarget({
      sqs: sqsWith({ 'http://book': [12, 3, 4], 'http://book-dlq': [1, 2, 5] }),
      queues: {
        'book-verified': { url: 'http://book', dlqUrl: 'http://book-dlq' },
        income: { url: 'http://income', dlqUrl: null },
      },
      // CloudWatch still has an age for the empty queue.
      queueAges: async () =>
        new Map([
          ['http://book', 75],
          ['http://income', 900],
        ]),
    });
    const common = { delayed: 0, dlq: 0, ageSeconds: null, dlqAgeSeconds: null };
    expect(await ops(target, 'queues')).toMatchObject({
      document: [
        { ...common, channel: 'book-verified', visible: 12, inFlight: 3, delayed: 4, dlq: 8, ageSeconds: 75 },
        { ...common, channel: 'income', visible: 0, inFlight: 0 },
      ],
      text: [
        'CHANNEL        VISIBLE  IN FLIGHT  DELAYED  DLQ  AGE S  OLDEST DLQ',
        'book-verified  12       3          4        8    75     -',
        'income         0        0          0        0    -      -',
      ].join('\n'),
    });
  });

  it('a stage’s ages are CloudWatch’s latest, by queue, in one request', async () => {
    const { client, asked } = cloudWatchWith({
      values: (metric) => (metric?.Dimensions?.[0]?.Value === 'l' ? [15, 75] : []),
    });
    const queues = { lifecycle: { url: 'https://sqs.example/1/l', dlqUrl: 'https://sqs.example/1/l-dlq' } };
    const ages = await readStageAges(queues, client, Date.parse('2026-03-02T08:00:00Z'));
    expect(ages).toEqual(new Map([['https://sqs.example/1/l', 15]]));
    expect(asked).toEqual([expect.objectContaining({ ScanBy: 'TimestampDescending' })]);
  });

  it('a local queue’s age is that of its oldest message, wherever it is', async () => {
    await stack.dead('lifecycle', delivery('BOOK_VERIFIED', {}), delivery('BOOK_VERIFIED', {}));
    const ages = await readLocalAges(stack.target.queues, stack.endpoint, Date.now() + 60_000);
    expect([...ages.keys()]).toEqual([stack.urls().dlqUrl]);
    const [age] = ages.values();
    expect(age).toBeGreaterThanOrEqual(60);
    expect(age).toBeLessThan(120);
  });
});

describe('alarms', () => {
  const alarm = (name: string, state: Alarm['state'], since = '2026-03-02T08:00:00.000Z'): Alarm => ({
    ...{ name, urgency: 'page', state, since, reason: 'threshold crossed', isComposite: false },
    description: 'Results are late.\nFirst: look.\nRunbook: docs/runbook.md#queue-age',
  });
  const ok = alarm('a', 'OK');
  const on = alarm('b', 'ALARM');
  const unknown = alarm('c', 'INSUFFICIENT_DATA', '2026-03-01T08:00:00.000Z');
  const text = expect.any(String);

  it.each([
    ['alarms', [ok, unknown, on], { document: [on, unknown], isProblem: true, text }],
    ['alarms --all', [ok, unknown, on], { document: [on, unknown, ok], isProblem: true, text }],
    ['alarms', [ok], { document: [], text: 'all 1 alarms are OK' }],
    [
      'alarms',
      undefined,
      { document: [], text: 'the local stack has no alarms: "ops doctor" shows its state' },
    ],
  ])('%s: those that are on come first, and are a problem', async (call, alarms, shown) => {
    expect(await ops(fakeTarget({ alarms: async () => alarms }), call)).toEqual({ ...shown, plans: [] });
  });

  it('a stage has its own alarms only, whatever another one is called', async () => {
    const alarms = (stage: string) => {
      const member = (name: string, StateValue: Alarm['state']) => ({
        AlarmName: `ocrolus-${stage}-${name}`,
        AlarmDescription: `Results are late.\nRunbook: docs/runbook.md#${name}`,
        StateReason: `of ${stage}`,
        StateValue,
      });
      return {
        [`ocrolus-${stage}-intake`]: [member('webhook-latency', 'OK')],
        [`ocrolus-${stage}-ticket`]: [member('books-stuck', 'ALARM')],
        // Those that are in no composite.
        '': [member('poller-silent', 'OK'), member('dead-letters-lifecycle', 'ALARM')],
      };
    };
    const { client } = cloudWatchWith({
      alarms: {
        ...alarms('prod-eu'),
        ...alarms('prod'),
        '': [...alarms('prod-eu')[''], ...alarms('prod')['']],
      },
    });
    for (const stage of ['prod', 'prod-eu']) {
      const found = await readAlarms(stage, client);
      expect(found.map(({ name, urgency, isComposite }) => [name, urgency, isComposite])).toEqual([
        [`ocrolus-${stage}-intake`, 'page', true],
        [`ocrolus-${stage}-webhook-latency`, 'page', false],
        [`ocrolus-${stage}-ticket`, 'ticket', true],
        [`ocrolus-${stage}-books-stuck`, 'ticket', false],
        [`ocrolus-${stage}-poller-silent`, 'page', false],
        [`ocrolus-${stage}-dead-letters-lifecycle`, 'page', false],
      ]);
      // The answer about children lacks these.
      expect(found.find(({ name }) => name.endsWith('books-stuck'))).toMatchObject({
        state: 'ALARM',
        reason: `of ${stage}`,
        description: expect.stringContaining('Runbook: docs/runbook.md#books-stuck'),
      });
    }
  });
});
