import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the CDK app: the working directory, or the nearest one above it that has a `cdk.json`. */
export function projectFolder(): string {
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}
