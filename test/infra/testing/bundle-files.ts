import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Relative path → content of every file in a bundle. */
export function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(mjs|map)$/.test(name),
  );
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The files that Node reads before the handler can run: the entry, and what it imports without `import()`. */
export function loadedAtStart(
  files: Record<string, string>,
  name = 'index.mjs',
  loaded = new Set<string>(),
): Set<string> {
  loaded.add(name);
  for (const [, chunk] of (files[name] ?? '').matchAll(/(?:from|import)"\.\/(?:chunks\/)?([^"]+\.mjs)"/g)) {
    const path = `chunks/${chunk}`;
    if (!loaded.has(path)) loadedAtStart(files, path, loaded);
  }
  return loaded;
}
