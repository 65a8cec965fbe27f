import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is copied of the project; what is installed is linked. */
const COPIED = [
  'functions',
  'infra',
  'shared',
  'test',
  'docs',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];

/** A copy of the project in a temporary folder, to be changed at will. */
export class ProjectCopy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'mutations-'));

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Changes the copy while `work` runs. @throws Error where the text is not there exactly once. */
  async with<Result>({ file, search, replace }: Mutation, work: () => Promise<Result>): Promise<Result> {
    const path = join(this.root, file);
    const text = readFileSync(path, 'utf8');
    const found = text.split(search).length - 1;
    if (found !== 1) throw new Error(`${file}: found ${found} times instead of once: ${search}`);
    writeFileSync(
      path,
      text.replace(search, () => replace),
    );
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
