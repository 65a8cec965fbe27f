import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BodyStore, openMemoryBodies } from './bodies.ts';
import { settled, startSimulation } from './testing/simulation.ts';

it('keeps compressed bodies by bucket and key', async () => {
  const simulation = startSimulation(1);
  const bodies = openMemoryBodies(new BodyStore(), 'bucket', simulation.startActor('test'));
  const compressed = await settled(simulation, bodies.compress(Buffer.from('a body')));
  await settled(simulation, bodies.put('key', compressed));
  const read = await settled(simulation, bodies.get('bucket', 'key'));
  expect(gunzipSync(read).toString()).toBe('a body');
  await expect(settled(simulation, bodies.get('other', 'key'))).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('keeps an upload once it is complete, and nothing of one that is aborted', async () => {
  const simulation = startSimulation(1);
  const store = new BodyStore();
  const bodies = openMemoryBodies(store, 'bucket', simulation.startActor('test'));
  const { signal } = new AbortController();
  for (const end of ['complete', 'abort'] as const) {
    const upload = await settled(simulation, bodies.startUpload(end, signal));
    await settled(simulation, upload.part(1, Buffer.from('one ')));
    await settled(simulation, upload.part(2, Buffer.from('two')));
    expect(store.uploads.size).toBe(1);
    await settled(simulation, upload[end]());
    expect(store.uploads.size).toBe(0);
    await expect(settled(simulation, upload.abort())).rejects.toMatchObject({ name: 'NoSuchUpload' });
  }
  expect(store.get('bucket', 'complete').toString()).toBe('one two');
  expect([...store.keys()]).toEqual(['bucket/complete']);
});
