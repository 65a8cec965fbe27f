/**
 * Runs the local stack: with a demonstration of what it does (`npm start`; `--once` ends with it), or alone until it is
 * stopped (`npm run local`, which passes the word `local`).
 */
import { reportError } from '../command-line/exit.ts';
import { typedPath } from '../command-line/paths.ts';
import { DEFAULT_DATA_DIR, logFile } from '../running-stacks/data-dir.ts';
import { checkFolderAndPort } from './claim.ts';
import type { Launched } from './launch.ts';
import type { SimulatorOptions } from './ocrolus/options.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { endAfter, untilSignalled } from './signals.ts';

/** Time until a delivery is retried; Ocrolus waits three minutes. */
const RETRY_DELAY_MS = 2000;

const show = (text: string) => process.stdout.write(`${text}\n`);
const signalled = untilSignalled();
const args = process.argv.slice(2);
const isAlone = args[0] === 'local';
try {
  const settings = isAlone
    ? await readLocalSettings('local', args.slice(1), process.env)
    : await readLocalSettings('start', args, process.env);
  if (settings === undefined) process.exit(0);
  await checkFolderAndPort(settings.dataDir, settings.port);
  await (isAlone ? runAlone(settings) : runDemonstration(settings));
} catch (error) {
  process.exit(reportError(error));
}

async function runAlone(settings: LocalSettings): Promise<void> {
  const { document, stop } = await start(settings);
  if (settings.json) show(JSON.stringify(document));
  else
    console.error(
      `\nready: POST ${document.webhookUrl}\nconsole: ${document.consoleUrl}\nocrolus: ${document.ocrolusUrl}\ndata: ${settings.dataDir}`,
    );
  await signalled;
  await endAfter(stop, 0);
}

async function runDemonstration(settings: LocalSettings): Promise<void> {
  const startedAt = Date.now();
  show('Starting: synthesizing the CDK app and building it on this machine ...');
  const options = { simulator: { retryDelayMs: RETRY_DELAY_MS }, quiet: true };
  const { stack, simulator, document, stop } = await start(settings, options);
  show(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s: POST ${document.webhookUrl}`);
  show(`Watch it: ${document.consoleUrl}`);
  if (simulator === undefined)
    throw new Error('the demonstration needs the simulator: unset OCROLUS_API_URL');

  const interrupted = new AbortController();
  void signalled.then(() => interrupted.abort());
  const { demonstrate } = await import('./demonstration/demonstration.ts');
  const { bookUuid, missing } = await demonstrate(stack, simulator, show, interrupted.signal);
  const isComplete = missing.length === 0;
  show(isComplete ? '\nComplete: nothing is missing.' : `\nMissing:\n  ${missing.join('\n  ')}`);

  if (!settings.once && !interrupted.signal.aborted) {
    show(hints(bookUuid, settings.dataDir, document.consoleUrl));
    await signalled;
  }
  await endAfter(stop, isComplete || !settings.once ? 0 : 1);
}

/** Starts the stack. A signal meanwhile ends the process, and its children. */
async function start(
  settings: LocalSettings,
  options: { readonly simulator?: Partial<SimulatorOptions>; readonly quiet?: boolean } = {},
): Promise<Launched> {
  // Imported late: these modules take a second to load, and a wrong call must be refused at once.
  const { launch } = await import('./launch.ts');
  const launched = await Promise.race([launch(settings, { ...options, isRegistered: true }), signalled]);
  return launched ?? process.exit(0);
}

function hints(bookUuid: string, dataDir: string, consoleUrl: string | null): string {
  const data = dataDir === DEFAULT_DATA_DIR ? '' : ` --data ${typedPath(dataDir)}`;
  return `
The stack keeps running until Ctrl-C. Its console, in a browser on this machine:
  ${consoleUrl}
In another terminal:
  npm run -s ops -- book ${bookUuid} --json${data}
  npm run -s ops -- result ${bookUuid} analytics${data}
  npm run -s ops -- queues --json${data}
  npm run -s ops -- send BOOK_VERIFIED --book ${bookUuid}${data}
The log of every function: ${typedPath(logFile(dataDir))}`;
}
