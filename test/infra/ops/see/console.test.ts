import { expect, it } from 'vitest';
import { fakeTarget, ops, streamOf } from '../fake-target.ts';
import { interrupt } from '../testing/stack.ts';

it('prints the address of a stage’s console, which answers until Ctrl-C', async () => {
  const stream = await streamOf(fakeTarget(), 'console --stage prod');
  const lines = stream[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const [, url = ''] =
    /^console of stage prod, until Ctrl-C: (http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{48}\/)\n$/.exec(value) ?? [];
  expect(await (await fetch(url)).text()).toContain('<div id="app">');
  expect((await fetch(new URL('/', url))).status).toBe(401);
  await interrupt();
  expect(await lines.next()).toEqual({ value: undefined, done: true });
  await expect(fetch(url)).rejects.toThrow();
});

it('prints the address as JSON, and suggests commands for the same region and profile', async () => {
  const call = 'console --stage prod --region eu-west-1 --profile audit --json';
  const stream = await streamOf(fakeTarget(), call);
  const lines = stream[Symbol.asyncIterator]();
  const { url } = JSON.parse((await lines.next()).value);
  const { body } = await fetch(`${url}api/live`);
  const reader = body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toContain(
    '"opsFlags":" --stage prod --region eu-west-1 --profile audit"',
  );
  await reader?.cancel();
  await interrupt();
  expect(await lines.next()).toMatchObject({ done: true });
});

it('without a stage it names no console if no local stack runs', async () => {
  await expect(ops(fakeTarget(), 'console --data /no/such/folder')).rejects.toThrow('no local stack runs');
});
