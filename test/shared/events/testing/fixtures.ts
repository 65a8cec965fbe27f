import { readdirSync, readFileSync } from 'node:fs';
import { identify } from '../../../../shared/events/identify.ts';

const ROOT = 'test/fixtures/events';

/** The sample bodies of a folder, by file name. */
export function sampleBodies(folder = ''): { readonly file: string; readonly body: Buffer }[] {
  return readdirSync(`${ROOT}/${folder}`)
    .filter((file) => /\.(json|txt)$/.test(file) && file !== 'index.json')
    .map((file) => ({ file, body: readFileSync(`${ROOT}/${folder}/${file}`) }));
}

/** Identifies the event of a body, given as text or as a value. */
export function identified(body: unknown) {
  return identify(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
}
