import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One step of docs/extending.md: a fenced block whose info string says what to do with it. */
export interface Step {
  readonly recipe: string;
  readonly text: string;
  /** The file to change or to create. Absent: `text` has commands to run. */
  readonly file?: string;
  /** Text that is there once: the block goes before it. */
  readonly before?: string;
  /** Text that is there once: the block replaces it. */
  readonly replace?: string;
  /** What notices that the step was forgotten: `compiler:<file with the error>`, or test files. */
  readonly caught: string;
}

const HEADING = /^## (.*)$/;
const BLOCK_START = /^```(?:ts|json|sh) (.*)$/;
const ATTRIBUTE = /(\w+)=(?:"([^"]*)"|(\S+))/g;

/** Reads the steps of every recipe of the page, in order. */
export function readSteps(page: string): Step[] {
  const steps: Step[] = [];
  let recipe = '';
  const lines = page.split('\n');
  for (let n = 0; n < lines.length; n++) {
    recipe = HEADING.exec(lines[n] ?? '')?.[1] ?? recipe;
    const info = BLOCK_START.exec(lines[n] ?? '')?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', n);
    const text = `${lines.slice(n + 1, end).join('\n')}\n`;
    const attributes = [...info.matchAll(ATTRIBUTE)].map(([, name = '', quoted, plain]) => [
      name,
      quoted ?? plain,
    ]);
    const { caught = '', ...rest } = Object.fromEntries(attributes) as Partial<Omit<Step, 'recipe' | 'text'>>;
    steps.push({ recipe, text, caught, ...rest });
    n = end;
  }
  return steps;
}

/** Follows a step in a copy of the project. @throws Error where the text to look for is not there exactly once. */
export function follow(root: string, { file, text, before, replace }: Step): void {
  if (file === undefined) return;
  const path = join(root, file);
  const search = before ?? replace;
  if (search === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  const old = readFileSync(path, 'utf8');
  const found = old.split(search).length - 1;
  if (found !== 1) throw new Error(`${file}: found ${found} times instead of once: ${search}`);
  const put = before === undefined ? text.trimEnd() : text + before;
  writeFileSync(
    path,
    old.replace(search, () => put),
  );
}

/** Takes a step back. */
export function undo(root: string, step: Step): void {
  const { file, text, before, replace } = step;
  if (file === undefined) return;
  const path = join(root, file);
  if (before === undefined && replace === undefined) {
    rmSync(path);
    return;
  }
  const put = before === undefined ? text.trimEnd() : text + before;
  const done = readFileSync(path, 'utf8');
  if (!done.includes(put)) throw new Error(`${file}: the step is not there`);
  writeFileSync(
    path,
    done.replace(put, () => before ?? replace ?? ''),
  );
}
