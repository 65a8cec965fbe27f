import { describe, expect, it, test } from 'vitest';
import { Entry, entryName, mark, markFor, wantOf } from '../../../shared/checklist/entry.ts';
import { RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import { second } from '../store/testing/observations.ts';
import { job, marked, stored, time, tried } from './testing/entries.ts';

test.each(RESULT_KINDS)('the entry of %s is named after its kind, and its subject', (kind) => {
  for (const subject of ['b', 'd-1', 'request#7']) {
    const name = entryName({ kind, subject }, 'b');
    expect(name).toBe(subject === 'b' ? kind : `${kind}#${subject}`);
    expect(wantOf(name, 'b')).toEqual({ kind, subject });
  }
});

test('an entry is read with what a later version has added; a broken one is not read', () => {
  const entry = { ...tried({ job: { ...job(5), failures: 2 } }), later: 1 };
  expect(Entry.parse(entry)).toEqual(entry);
  expect(Entry.parse({ ...entry, job: { ...job(5), later: 1 }, state: 'other' })).toMatchObject({
    job: { later: 1 },
    state: 'other',
  });
  for (const fault of [{ wanted: '5' }, { answered: undefined }, { since: 'yesterday' }, { nextAt: 5 }])
    expect(Entry.safeParse({ ...entry, ...fault }).success).toBe(false);
});

describe('a mark', () => {
  it('is the time, or one more than the last mark, by whatever clock that was made', () => {
    expect(mark(undefined, time(0) + 0.5)).toEqual({ wanted: time(0), answered: 0 });
    expect(mark(marked, time(0)).wanted).toBe(time(0));
    expect(mark({ ...marked, wanted: time(9) }, time(0)).wanted).toBe(time(9) + 1);
    expect(mark({ ...marked, wanted: time(0) }, time(0)).wanted).toBe(time(0) + 1);
  });

  it('is announced, and changes nothing else', () => {
    expect(mark(tried(), time(0))).toEqual({ ...tried(), wanted: time(0) });
  });
});

describe('a mark that waits for an announcement', () => {
  const waiting = { wanted: time(0), tried: time(0), tries: 0, nextAt: second(600) };
  const markAt = (entry?: Entry) => markFor(entry, time(0), time(600));

  it('is not asked for before its time', () => {
    expect(markAt()).toEqual({ ...waiting, answered: 0 });
    expect(markAt(stored(1))).toEqual({ ...stored(1), ...waiting });
  });

  it('leaves it announced, if it was', () => {
    expect(markAt(tried())).toMatchObject({ tries: 0 });
  });

  it('counts requests from the beginning', () => {
    const { since: _, ...others } = tried();
    expect(markAt(tried())).toEqual({ ...others, ...waiting });
  });

  it('keeps a time that it waits for already, while more than half of the wait is left', () => {
    const again = (now: number) => markFor(markAt(), time(now), time(now + 600)).nextAt;
    expect([again(200), again(400)]).toEqual([second(600), second(1000)]);
  });

  it('does not delay what an event has announced, and nothing has asked for since', () => {
    expect(markAt(marked)).toEqual({ ...marked, wanted: time(0) });
    expect(markAt(tried({ tried: 4 }))).toMatchObject({ wanted: time(0), tried: 4, tries: 3 });
  });
});
