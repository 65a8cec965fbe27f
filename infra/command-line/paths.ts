import { dirname, relative, resolve } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';

/**
 * Folder that the caller's relative paths start at. npm runs scripts in the folder of their package.json, and names
 * the caller's folder in INIT_CWD. A process that a script starts elsewhere inherits INIT_CWD, but its own folder
 * counts.
 */
export function callersFolder(
  variables: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): string {
  const { INIT_CWD, npm_package_json } = variables;
  const isMoved = npm_package_json !== undefined && dirname(npm_package_json) === cwd;
  return isMoved && INIT_CWD ? INIT_CWD : cwd;
}

/** Parses an option that names a file or folder. @returns the absolute path. */
export function pathValue(text: string): string {
  // An empty shell variable would otherwise mean the current folder.
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return resolve(callersFolder(), text);
}

export function typedPath(absolute: string): string {
  return shellWord(relative(callersFolder(), absolute) || '.');
}

/** Quotes text that a shell would not take as one word. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
