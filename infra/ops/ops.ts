#!/usr/bin/env node
/** The operator's command line: `npm run -s ops -- <command>`, or `npx ocrolus-webhooks <command>` where the package is installed. */
import { runCommand } from '../command-line/commands.ts';
import { endWithReader, reportError } from '../command-line/exit.ts';
import { createProgram } from './program.ts';
import { run } from './run.ts';

/** Time after a command until its process ends, although a call that it no longer needs has not been answered. */
const PATIENCE_MS = 2000;

endWithReader();
try {
  await runCommand(createProgram(run), process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}
setTimeout(() => process.exit(), PATIENCE_MS).unref();
