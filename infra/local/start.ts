/** Runs the local stack with a demonstration of what it does (`npm start`); `--once` ends with it. */
import { reportError } from '../command-line/exit.ts';
import { typedPath } from '../command-line/paths.ts';
import { DEFAULT_DATA_DIR } from './data-dir.ts';
import { logFile } from './log.ts';
import { checkFolderAndPort } from './preconditions.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { endAfter, untilSignalled } from './signals.ts';

/** Time until a delivery is retried; Ocrolus waits three minutes. */
const RETRY_DELAY_MS = 2000;

const show = (text: string) => process.stdout.write(`${text}\n`);
const signalled = untilSignalled();
try {
  const settings = await readLocalSettings('start', process.argv.slice(2), process.env);
  if (settings === undefined) process.exit(0);
  await checkFolderAndPort(settings);
  await run(settings);
} catch (error) {
  process.exit(reportError(error));
}

async function run(settings: LocalSettings): Promise<void> {
  const startedAt = Date.now();
  show('Starting: synthesizing the CDK app and building it on this machine ...');
  const options = { simulator: { retryDelayMs: RETRY_DELAY_MS }, quiet: true, isRegistered: true };
  // Imported late: these modules take a second to load, and a wrong call must be refused at once.
  const { launch } = await import('./launch.ts');
  const { demonstrate } = await import('./demonstration/demonstration.ts');
  const launched = await Promise.race([launch(settings, options), signalled]);
  if (launched === undefined) process.exit(0);
  const { stack, simulator, document, stop } = launched;
  show(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s: POST ${document.webhookUrl}`);
  show(`Watch it: ${document.consoleUrl}`);
  if (simulator === undefined)
    throw new Error('the demonstration needs the simulator: unset OCROLUS_API_URL');

  const interrupted = new AbortController();
  void signalled.then(() => interrupted.abort());
  const { bookUuid, missing } = await demonstrate(stack, simulator, show, interrupted.signal);
  const isComplete = missing.length === 0;
  show(isComplete ? '\nComplete: nothing is missing.' : `\nMissing:\n  ${missing.join('\n  ')}`);

  if (!settings.once && !interrupted.signal.aborted) {
    show(hints(bookUuid, settings.dataDir, document.consoleUrl));
    await signalled;
  }
  await endAfter(stop, isComplete || !settings.once ? 0 : 1);
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
