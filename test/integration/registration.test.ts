import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { RegisterReport, RegistrationReport } from '../../shared/ocrolus/webhooks/reports.ts';
import { deliver, signIn } from '../infra/local/ocrolus/testing/client.ts';
import { type Running, startRunning } from './testing/running.ts';

const SETTINGS = '/v1/account/settings';
const ELSEWHERE = 'https://hooks.example.com/ocrolus';

/** Tests the registration function, bundled as it is deployed, against Ocrolus. */
describe('registration', () => {
  let running: Running;
  let api: Awaited<ReturnType<typeof signIn>>;
  beforeAll(async () => {
    running = await startRunning({ environment: { REGISTRATION_ENCODING: 'json' } });
    api = await signIn(running.simulator);
  });
  afterAll(() => running?.stop());
  beforeEach(() => running.simulator.setWebhook({}));

  const ask = async <S extends z.ZodType>(schema: S, event: object): Promise<z.output<S>> => {
    const outcome = await running.stack.invoke('registration', event);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return schema.parse(JSON.parse(outcome.payload));
  };
  const register = () => ask(z.tuple([RegisterReport]), { action: 'register' });
  const show = () => ask(z.tuple([RegistrationReport]), { action: 'show' });
  const check = () => ask(z.tuple([RegistrationReport]), { check: true });
  /** The function's log comes by another way than its answer. */
  const lastDrift = (value: number) => expect.poll(() => driftMetrics().at(-1)).toBe(value);
  const driftMetrics = () =>
    running.logLines.flatMap((line) => {
      const [, value] = /"RegistrationDrift":(\d)/.exec(line) ?? [];
      return value === undefined ? [] : [Number(value)];
    });
  const configure = async (url: string, ...events: string[]) => {
    const form = new FormData();
    form.set('webhook_endpoint', url);
    form.set('event', events.join(','));
    await api.send('POST', `${SETTINGS}/update/webhook_endpoint`, form);
  };

  it('registers, has itself tested, and receives signed deliveries', async () => {
    const [before] = await show();
    expect(before).toMatchObject({ registered: null, difference: { webhook: 'none' }, drift: true });

    const [report] = await register();
    expect(report).toMatchObject({
      url: running.stack.webhookUrl,
      test: 'ok',
      difference: { webhook: 'same' },
    });
    expect(report.difference).toMatchObject({
      missing: [],
      dropped: ['MIDDESK_VERIFIED', 'SUSPICIOUS_ACTIVITY'],
    });
    const configured = running.simulator.calls.filter(({ operation }) => operation === 'configure-webhook');
    expect(configured).toMatchObject([{ contentType: 'application/json' }]);
    const delivery = await deliver(running.simulator, 'BOOK_VERIFIED', {
      event: 'BOOK_VERIFIED',
      book_pk: 1,
    });
    expect(delivery).toMatchObject({ outcome: 'delivered' });
    expect((await show())[0]).toMatchObject({ drift: false });
  });

  it('reports a drift, and registering again fixes it', async () => {
    await register();
    await check();
    await lastDrift(0);
    await configure(running.stack.webhookUrl, 'BOOK_VERIFIED');
    const [drifted] = await check();
    expect(drifted.difference).toMatchObject({ webhook: 'same' });
    expect(drifted.difference.missing).toContain('DOC_VERIFIED');
    await lastDrift(1);

    await configure(ELSEWHERE, 'BOOK_VERIFIED');
    expect((await check())[0].difference).toMatchObject({ webhook: 'other' });
    expect((await register())[0]).toMatchObject({ replaced: ELSEWHERE });
    // Its own test reaches the webhook here.
    expect(running.logLines.join('\n')).toContain('"trial":"accepted"');
    await check();
    await lastDrift(0);
  });
});
