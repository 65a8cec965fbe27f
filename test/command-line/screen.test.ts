import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { screenOf } from '../../infra/command-line/screen.ts';

/** A terminal of 100 columns, or a pipe. */
function stream(isTTY: boolean): NodeJS.WriteStream {
  const fake: NodeJS.WriteStream = Object.create(WriteStream.prototype);
  return Object.defineProperties(fake, { isTTY: { value: isTTY }, columns: { value: 100 } });
}
const isColoured = (isTTY: boolean) => screenOf(stream(isTTY)).style('bold', 'x') !== 'x';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
});
afterEach(() => vi.unstubAllEnvs());

it('a terminal has its width and colours, a pipe neither', () => {
  expect([screenOf(stream(true)).width, isColoured(true)]).toEqual([100, true]);
  expect([screenOf(stream(false)).width, isColoured(false)]).toEqual([Number.POSITIVE_INFINITY, false]);
});

it('NO_COLOR takes colours away, FORCE_COLOR colours a pipe', () => {
  vi.stubEnv('NO_COLOR', '1');
  expect(isColoured(true)).toBe(false);
  vi.stubEnv('NO_COLOR', undefined);
  vi.stubEnv('FORCE_COLOR', '1');
  expect(isColoured(false)).toBe(true);
});
