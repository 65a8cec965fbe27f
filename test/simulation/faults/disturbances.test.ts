import { expect, test } from 'vitest';
import { Disturbances } from './disturbances.ts';

test('a time is free as far as nothing concerns the account and the kind', () => {
  const disturbances = new Disturbances();
  disturbances.add({ name: 'all', from: 10, until: 20 });
  disturbances.add({ name: 'alpha', from: 15, until: 30, account: 'alpha' });
  disturbances.add({ name: 'forms', from: 50, until: 60, kind: 'forms' });
  expect(disturbances.undisturbed(0, 100, 'beta')).toBe(90);
  expect(disturbances.undisturbed(0, 100, 'alpha')).toBe(80);
  expect(disturbances.undisturbed(0, 100, 'beta', 'forms')).toBe(80);
  expect(disturbances.undisturbed(12, 18, 'beta')).toBe(0);
  expect(disturbances.undisturbed(25, 26, 'beta')).toBe(1);
});

test('an outage of AWS is found by any overlap', () => {
  const disturbances = new Disturbances();
  disturbances.add({ name: 'other', from: 0, until: 100 });
  disturbances.add({ name: 'sqs', from: 40, until: 50, isOfAws: true });
  expect(disturbances.hadOutageOfAws(0, 41)).toBe(true);
  expect(disturbances.hadOutageOfAws(50, 60)).toBe(false);
});
