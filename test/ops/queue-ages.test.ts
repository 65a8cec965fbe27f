import { expect, it } from 'vitest';
import { readLocalAges, readStageAges } from '../../infra/ops/queues/ages.ts';
import { delivery } from '../events/testing/delivery.ts';
import { cloudWatchWith } from './testing/cloud-watch.ts';
import { useQueues } from './testing/queues.ts';

const createQueues = useQueues();

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
  const stack = await createQueues('lifecycle');
  await stack.dead('lifecycle', delivery('BOOK_VERIFIED', {}), delivery('BOOK_VERIFIED', {}));
  const ages = await readLocalAges(stack.target.queues, stack.endpoint, Date.now() + 60_000);
  expect([...ages.keys()]).toEqual([stack.urls('lifecycle').dlqUrl]);
  const [age] = ages.values();
  expect(age).toBeGreaterThanOrEqual(60);
  expect(age).toBeLessThan(120);
});
