import { expect, it } from 'vitest';
import { progressBar } from '../../infra/command-line/progress.ts';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

it('is drawn on a terminal, not too often, and cleared in the end', () => {
  const watched = terminal(true);
  let time = 0;
  const bar = progressBar(10, { terminal: watched, now: () => time });
  bar.show(1);
  bar.show(2);
  time += 100;
  bar.show(5, 'here');
  bar.show(10);
  bar.end();
  expect(watched.written).toHaveLength(4);
  expect(watched.written[1]).toBe(`\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)} 5/10 here`);
  expect(watched.written[2]).toContain('10/10');
  expect(watched.written.at(-1)).toBe('\r\x1b[K');
});

it('an estimate that was too low does no harm', () => {
  const watched = terminal(true);
  progressBar(0, { terminal: watched }).show(3);
  expect(watched.written.join('')).toContain('3/3');
});

it('without a total it only counts', () => {
  const watched = terminal(true);
  progressBar(undefined, { terminal: watched }).show(3, 'books');
  expect(watched.written).toEqual(['\r\x1b[K3 books']);
});

it('is not drawn into a file', () => {
  const file = terminal(false);
  const bar = progressBar(10, { terminal: file });
  bar.show(10);
  bar.end();
  expect(file.written).toEqual([]);
});
