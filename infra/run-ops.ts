#!/usr/bin/env node
/** The operator's command line: `npm run -s ops -- <command>`, or `npx ocrolus-webhooks <command>` where the package is installed. */
import { runCommand } from './command-line/commands.ts';
import { endWithReader, reportError } from './command-line/exit.ts';
import type { ServeStage } from './ops/commands/see/console.ts';
import { createProgram } from './ops/program.ts';
import { run } from './ops/run.ts';

/** Time after a command until its process ends, although a call that it no longer needs has not been answered. */
const PATIENCE_MS = 2000;

/** Loaded late, because no other command serves pages. */
const serve: ServeStage = async (target, which) =>
  (await import('./console/serve-stage.ts')).serveStage(target, which);

endWithReader();
try {
  await runCommand(createProgram(run, serve), process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}
setTimeout(() => process.exit(), PATIENCE_MS).unref();
