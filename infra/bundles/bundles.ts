import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../functions.ts';

/** Code of the functions. */
export interface Bundles {
  /** Folder with `index.mjs` and the chunks that it may load. */
  folderOf(name: FunctionName): string;
}

/** The bundles in the npm package, which `npm pack` builds. */
export const PACKAGED_BUNDLES: Bundles = {
  folderOf: (name) => fileURLToPath(new URL(`../../bundles/${name}`, import.meta.url)),
};
