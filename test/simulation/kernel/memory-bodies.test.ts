import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BodyStore, openMemoryBodies } from './memory-bodies.ts';
import { settled, startSimulation } from './testing/simulation.ts';

it('keeps compressed bodies by bucket and key', async () => {
  const simulation = startSimulation(1);
  const bodies = openMemoryBodies(new BodyStore(), 'bucket', simulation.actors.start('test'));
  const compressed = await settled(simulation, bodies.compress(Buffer.from('a body')));
  await settled(simulation, bodies.put('key', compressed));
  const read = await settled(simulation, bodies.get('bucket', 'key'));
  expect(gunzipSync(read).toString()).toBe('a body');
  await expect(settled(simulation, bodies.get('other', 'key'))).rejects.toMatchObject({ name: 'NoSuchKey' });
});
