import { describe, expect, it } from 'vitest';
import { DELIVERY_CHECKS } from '../../../../infra/ops/health/deliveries.ts';
import type { LogLine } from '../../../../infra/ops/logs/function-logs.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { fakeLogs, fakeTarget } from '../fake-target.ts';
import { runOne } from '../testing/doctor.ts';

const line = (n: number, of: string, fields: Readonly<Record<string, unknown>>): LogLine => ({
  ...{ at: second(n), function: of },
  text: JSON.stringify({ timestamp: second(n), level: 'INFO', ...fields }),
});
const refused = (n: number, reason: string) =>
  line(n, 'webhook', { message: reason === 'unavailable' ? 'not accepted' : 'refused', reason });
const accepted = (n: number) => line(n, 'webhook', { message: 'delivery queued', deliveryId: 'a' });

const runCheck = (name: string, lines: readonly LogLine[]) =>
  runOne(DELIVERY_CHECKS, name, {
    target: fakeTarget({ logs: fakeLogs(lines) }),
    which: ' --stage prod',
    now: Date.parse(second(3600)),
  });

describe('refused deliveries', () => {
  it.each([
    ['none', []],
    ['accepted ones', [accepted(10)]],
    ['strangers', [refused(10, 'unsigned'), refused(20, 'unknown-account'), refused(30, 'basic-missing')]],
    ['those of earlier', [refused(-1, 'signature-mismatch')]],
  ])('are not %s', async (_what, lines) => {
    expect(await runCheck('refused deliveries', lines)).toMatchObject({ state: 'ok' });
  });

  it('are a wrong secret, if nothing was accepted since', async () => {
    const lines = [accepted(5), refused(10, 'signature-mismatch'), refused(20, 'signature-mismatch')];
    expect(await runCheck('refused deliveries', lines)).toEqual({
      ...{ name: 'refused deliveries', state: 'fail', since: second(10), count: 2 },
      found: `2 within an hour for a wrong signature or password, the last at ${second(20)}; none was accepted since`,
      todo: 'give Ocrolus the secret of this stack: ops register --stage prod; docs/runbook.md#deliveries-refused',
    });
  });

  it('are reported for five minutes, if others are accepted again', async () => {
    const lines = (n: number) => [refused(n, 'signature-mismatch'), accepted(n + 1)];
    expect(await runCheck('refused deliveries', lines(3301))).toMatchObject({
      state: 'warn',
      found: expect.stringMatching(/; one was accepted since$/),
    });
    expect(await runCheck('refused deliveries', lines(3299))).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^1 within an hour .*; one was accepted since$/),
    });
  });

  it('are over, too, if a test ping is accepted', async () => {
    const ping = line(3500, 'webhook', { message: 'test ping' });
    expect(await runCheck('refused deliveries', [refused(10, 'basic-mismatch'), ping])).toMatchObject({
      state: 'ok',
    });
  });

  it.each([
    ['stale', 'deliveries-refused'],
    ['unavailable', 'webhook-server-errors'],
    ['nothing-configured', 'webhook-server-errors'],
  ])('%s leads to %s', async (reason, section) => {
    expect(await runCheck('refused deliveries', [refused(10, reason)])).toMatchObject({
      state: 'fail',
      todo: `docs/runbook.md#${section}`,
    });
  });

  it('of several causes are all named, the most frequent first', async () => {
    const lines = [refused(1, 'signature-mismatch'), refused(2, 'stale'), refused(3, 'stale')];
    const { found, count } = await runCheck('refused deliveries', lines);
    expect(found).toMatch(/^2 within an hour for a time .*; 1 within an hour for a wrong signature/);
    expect(count).toBe(3);
  });
});

describe('retried deliveries', () => {
  const retry = (n: number, deliveryId: string, attempts: number, code = 'http-503') =>
    line(n, 'doc-verified', { message: 'retry scheduled', deliveryId, attempts, code, seconds: 15 });
  const done = (n: number, deliveryId: string) =>
    line(n, 'doc-verified', { message: 'delivery processed', deliveryId, outcome: 'applied' });

  it('are none, if all of them are finished', async () => {
    expect(await runCheck('retried deliveries', [])).toMatchObject({ state: 'ok', found: 'none' });
    const lines = [retry(3500, 'a', 1), done(3520, 'a')];
    expect(await runCheck('retried deliveries', lines)).toMatchObject({ state: 'ok', found: 'none' });
  });

  it('are those that are not finished, with their codes and the one with the most attempts', async () => {
    const lines = [
      ...[retry(3500, 'a', 1), retry(3510, 'b', 1, 'network'), retry(3520, 'b', 2), retry(3530, 'c', 1)],
      done(3540, 'c'),
    ];
    expect(await runCheck('retried deliveries', lines)).toMatchObject({
      ...{ state: 'warn', found: '2 (http-503), one after 2 attempts', since: second(3500), count: 2 },
      ...{ concerns: ['doc-verified'] },
      todo: expect.stringMatching(/^Ocrolus does not work: .*#ocrolus-unavailable$/),
    });
  });

  it.each([
    ['http-429', '#ocrolus-rate-limited'],
    ['auth', 'check the API credentials; docs/runbook.md#ocrolus-unavailable'],
    [
      '9004',
      'ops doctor --probe --stage prod shows what Ocrolus answers now; docs/runbook.md#ocrolus-unavailable',
    ],
    ['dynamodb-throttled', 'ops delivery a --stage prod; docs/runbook.md#messages-failing'],
  ])('by the code %s lead to %s', async (code, todo) => {
    const checked = await runCheck('retried deliveries', [retry(3500, 'a', 1, code)]);
    expect(checked.todo).toContain(todo);
  });

  it('are looked for among the latest twenty', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => retry(3500 + n, `delivery-${n}`, 1));
    expect(await runCheck('retried deliveries', lines)).toMatchObject({
      found: '20 of the 20 that failed last (http-503), one after 1 attempts',
    });
  });
});
