import { dirname, relative, resolve } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';

/**
 * The folder that the caller's relative paths start at. npm runs scripts in the folder of their package.json, and names the
 * caller's in INIT_CWD; a process that a script starts elsewhere inherits that, and its own folder counts.
 */
export function callersFolder(
  variables: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): string {
  const { INIT_CWD, npm_package_json } = variables;
  const isMoved = npm_package_json !== undefined && dirname(npm_package_json) === cwd;
  return isMoved && INIT_CWD ? INIT_CWD : cwd;
}

/** The value of an option that names a file or folder. @returns the absolute path. */
export function pathValue(text: string): string {
  // An empty variable of a shell, which would mean the current folder.
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return resolve(callersFolder(), text);
}

/** A path as the caller would type it in a shell. */
export function typedPath(absolute: string): string {
  return shellWord(relative(callersFolder(), absolute) || '.');
}

/** Quoted where a shell would not take it as one word. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
