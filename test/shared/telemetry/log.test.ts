import { describe, expect, it, vi } from 'vitest';
import { createLog, errorFields, type LogLevel } from '../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';

function open(level?: LogLevel) {
  const lines: unknown[] = [];
  const log = createLog({
    level,
    fields: { stage: 'test' },
    write: (line) => void lines.push(JSON.parse(line)),
    now: () => 0,
  });
  return { lines, log };
}

it('a line is one JSON object with the timestamp and level that Lambda knows', () => {
  const { lines, log } = open();
  log.warn('refused', { reason: 'stale', statusCode: 401, absent: undefined });
  expect(lines).toEqual([
    {
      timestamp: '1970-01-01T00:00:00.000Z',
      level: 'WARN',
      message: 'refused',
      stage: 'test',
      reason: 'stale',
      statusCode: 401,
    },
  ]);
});

it('line breaks in a field do not make a second line', () => {
  const lines: string[] = [];
  createLog({ write: (line) => void lines.push(line) }).info('a\nb', { name: 'x\r\n{"level":"ERROR"}' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\r\n]/);
});

describe('the level', () => {
  it.each<[LogLevel | undefined, LogLevel[]]>([
    ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    [undefined, ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
  ])('%s lets through %j', (level, expected) => {
    const { lines, log } = open(level);
    log.debug('m');
    log.info('m');
    log.warn('m');
    log.error('m');
    expect(lines).toMatchObject(expected.map((written) => ({ level: written })));
  });

  it('holds for a log with more fields, too', () => {
    const { lines, log } = open('ERROR');
    log.with({ book: 'b' }).info('m');
    expect(lines).toEqual([]);
  });
});

it('fields of a log with more fields are in its lines only', () => {
  const { lines, log } = open();
  log.with({ deliveryId: 'd' }).with({ channel: 'c' }).info('one');
  log.info('two');
  expect(lines[0]).toMatchObject({ stage: 'test', deliveryId: 'd', channel: 'c' });
  expect(lines[1]).not.toHaveProperty('deliveryId');
});

describe('of an error', () => {
  it('its name, code and place are logged, never its message', () => {
    const error = Object.assign(new TypeError('of Riverside Bakery'), { code: 'ECONNRESET' });
    const fields = errorFields(error);
    expect(fields).toMatchObject({ error: 'TypeError', code: 'ECONNRESET' });
    expect(fields.at).toMatch(/^at .*log\.test\.ts:\d+:\d+/);
    expect(JSON.stringify(fields)).not.toContain('Riverside');
  });

  it('not even where the message looks like a stack', () => {
    for (const message of ['x\n    at Riverside Bakery', '\n at Riverside', 'at Riverside']) {
      expect(JSON.stringify(errorFields(new Error(message)))).not.toContain('Riverside');
    }
  });

  it('a code that is no word or number is left out', () => {
    const error = Object.assign(new Error('x'), { code: { secret: 1 } });
    expect(errorFields(error)).not.toHaveProperty('code');
  });

  it.each([
    ['a string with a secret', 'string'],
    [{ secret: 1 }, 'object'],
    [undefined, 'undefined'],
  ])('anything but an error is logged by its type: %j', (thrown, type) => {
    expect(errorFields(thrown)).toEqual({ error: type });
  });
});

it('lines of one step are written together, in their order', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const log = createLog({ now: () => 0 });
  log.info('first');
  const metrics = createMetrics({ stage: 'test' });
  metrics.count('TestPing', {});
  metrics.flush();
  await Promise.resolve();
  log.info('second');
  await Promise.resolve();
  const written = write.mock.calls.map(([text]) => String(text));
  write.mockRestore();
  expect(written).toEqual([
    expect.stringMatching(/^{.*"first"}\n{.*"TestPing":1.*}\n$/),
    expect.stringMatching(/^{.*"second"}\n$/),
  ]);
});
