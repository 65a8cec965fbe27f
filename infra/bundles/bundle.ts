import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { ALL_FUNCTION_NAMES, entryPoint, type FunctionName } from '../functions.ts';
import type { Bundles } from './bundles.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** CommonJS dependencies call `require` for Node's own modules; an ES module has no `require`. */
const REQUIRE = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

export interface TemporaryBundles extends Bundles {
  /** Removes the folders. Call it after synthesis, which copies them into the cloud assembly. */
  remove(): Promise<void>;
}

/**
 * Bundles the functions with two runs of esbuild, which read each module once instead of once per function (measured:
 * 0.5 s instead of 4 s). The webhook has a separate run (docs/decisions/0026). The same sources always give the same
 * bytes, so an unchanged function keeps its asset hash and is not deployed again.
 *
 * Each call has its own folder below `.bundles`, so that several synths can run at the same time. The folder is in the
 * project, because source maps have paths relative to it: elsewhere, they would contain the machine's folders.
 *
 * @throws BuildFailure of esbuild when a source cannot be bundled.
 */
export async function bundleFunctions(): Promise<TemporaryBundles> {
  const parent = join(PROJECT, '.bundles');
  await mkdir(parent, { recursive: true });
  const root = await mkdtemp(join(parent, 'synth-'));
  const folderOf = (name: FunctionName) => join(root, name);
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    const others = ALL_FUNCTION_NAMES.filter((name) => name !== 'webhook');
    await Promise.all([bundleTogether(['webhook'], root), bundleTogether(others, root)]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folderOf, remove };
}

/** A source map that maps only the first character. (esbuild ignores an empty one.) */
const NO_MAP = Buffer.from('{"version":3,"sources":["-"],"mappings":"AAAA"}').toString('base64');

/**
 * Leaves dependencies out of the source maps. Node reads a module's map when it loads the module, so the maps of the AWS
 * SDK would add a quarter to the load time of the webhook (measured: 40 ms without maps, 50 ms with all of them, 44 ms like
 * this), and make no stack trace clearer.
 */
const ownSourceMapsOnly: Plugin = {
  name: 'own-source-maps-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${NO_MAP}`,
    }));
  },
};

export const BUNDLE_OPTIONS = {
  absWorkingDir: PROJECT,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // Shared modules and those loaded by `import()` become separate files, so that a cold start parses only what it needs.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // The ES module builds of dependencies can be tree-shaken; esbuild's default for Node prefers CommonJS.
  mainFields: ['module', 'main'],
  minify: true,
  // Class names are in log lines and in the SDK's error handling.
  keepNames: true,
  banner: { js: REQUIRE },
  sourcemap: 'linked',
  // A stack trace needs file and line, not the text of the sources.
  sourcesContent: false,
  plugins: [ownSourceMapsOnly],
  legalComments: 'none',
  logLevel: 'error',
} as const satisfies BuildOptions;

/** Bundles functions in one run, and copies each into a folder of `root` with its name. */
async function bundleTogether(names: readonly FunctionName[], root: string): Promise<void> {
  // As deep as the functions' folders, so that relative paths remain correct when files are copied there.
  const outdir = join(root, `together-${names[0]}`);
  const entryPoints = Object.fromEntries(names.map((name) => [name, entryPoint(name)]));
  const { metafile } = await build({ ...BUNDLE_OPTIONS, entryPoints, outdir, metafile: true });
  await Promise.all(names.map((name) => copyFunction(name, metafile.outputs, outdir, join(root, name))));
}

/** Copies a function into its own folder: its entry as `index.mjs`, and the chunks that it can reach. */
async function copyFunction(
  name: FunctionName,
  outputs: Metafile['outputs'],
  from: string,
  to: string,
): Promise<void> {
  await mkdir(join(to, 'chunks'), { recursive: true });
  const entry = `${name}.mjs`;
  const reached = reachable(relative(PROJECT, join(from, entry)), outputs);
  const copies = [...reached].flatMap((output) => {
    const file = relative(from, join(PROJECT, output));
    const target = file === entry ? 'index.mjs' : file;
    // The map keeps its name, because the code references it.
    return [
      copyFile(join(from, file), join(to, target)),
      copyFile(join(from, `${file}.map`), join(to, `${file}.map`)),
    ];
  });
  await Promise.all(copies);
}

/** An output and everything that it imports, statically or by `import()`. */
function reachable(output: string, outputs: Metafile['outputs'], reached = new Set<string>()): Set<string> {
  reached.add(output);
  for (const { path, external } of outputs[output]?.imports ?? []) {
    if (!external && !reached.has(path)) reachable(path, outputs, reached);
  }
  return reached;
}
