import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { handler } from '../../../functions/poller/handler.ts';

test('an event with an unknown mode fails, instead of being a scheduled run', async () => {
  await expect(handler({ mode: 'nwo' }, {} as Context, () => {})).rejects.toThrow(/"mode"/);
});
