#!/usr/bin/env node
/**
 * The command `ocrolus-webhooks`: `init` makes a CDK app, `local` runs it on this machine, and everything else is a command of
 * the operator's command line. Each part is imported late: `init` runs before its packages are installed.
 */
const [command, ...rest] = process.argv.slice(2);
if (command === 'init') {
  const { init } = await import('./package/init.ts');
  process.exitCode = init(rest);
} else if (command === 'local') {
  // `--alone`: without the demonstration.
  const isAlone = rest.includes('--alone');
  const options = rest.filter((option) => option !== '--alone');
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...(isAlone ? ['local'] : []), ...options);
  await import('./local/start.ts');
} else {
  await import('./run-ops.ts');
}
