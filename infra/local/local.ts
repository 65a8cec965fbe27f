/** Runs the whole system on this machine until it is stopped (`npm run local`). */
import { reportError } from '../command-line/exit.ts';
import { checkFolderAndPort } from './preconditions.ts';
import { readLocalSettings } from './settings.ts';
import { endAfter, untilSignalled } from './signals.ts';

const signalled = untilSignalled();
try {
  const settings = await readLocalSettings('local', process.argv.slice(2), process.env);
  if (settings === undefined) process.exit(0);
  await checkFolderAndPort(settings);
  const { launch } = await import('./launch.ts');
  // A signal during the start ends the process, and its children.
  const launched = await Promise.race([launch(settings, { isRegistered: true }), signalled]);
  if (launched === undefined) process.exit(0);
  const { document, stop } = launched;
  if (settings.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  else
    console.error(
      `\nready: POST ${document.webhookUrl}\nconsole: ${document.consoleUrl}\nocrolus: ${document.ocrolusUrl}\ndata: ${settings.dataDir}`,
    );
  await signalled;
  await endAfter(stop, 0);
} catch (error) {
  process.exit(reportError(error));
}
