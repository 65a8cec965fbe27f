import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import * as z from 'zod';
import {
  createCommand,
  type Example,
  examplesText,
  runCommand,
  UsageError,
} from '../command-line/commands.ts';
import { pathValue } from '../command-line/paths.ts';
import { DEPLOYED_POLL_SECONDS } from '../config/ocrolus.ts';
import { DEFAULT_DATA_DIR } from '../running-stacks/data-dir.ts';

/** With the simulated Ocrolus, hours of a book pass in half a minute. */
const QUICK_POLL_SECONDS = 2;

const Environment = z.object({
  OCROLUS_API_URL: z.url().optional(),
  OCROLUS_AUTH_URL: z.url().optional(),
  OCROLUS_CLIENT_ID: z.string().optional(),
  OCROLUS_CLIENT_SECRET: z.string().optional(),
  WEBHOOK_SECRET: z.string().min(16).max(128).optional(),
  POLL_SECONDS: z.coerce.number().positive().optional(),
  DYNAMODB_ENDPOINT: z.url().optional(),
});

const Port = z.coerce.number().int().min(0).max(65_535);

/** Settings of a local stack, from the command line and the environment. */
export interface LocalSettings {
  readonly json: boolean;
  readonly once: boolean;
  readonly port: number;
  /** Folder for the log, caches, and the address of the running stack. */
  readonly dataDir: string;
  /** Folder that keeps the stack's state across restarts; without it, the stack starts empty. */
  readonly stateDir?: string | undefined;
  readonly simulator: boolean;
  readonly environment: z.infer<typeof Environment>;
}

type LocalProgram = 'start' | 'local';

const ABOUT: Readonly<Record<LocalProgram, { description: string; examples: readonly Example[] }>> = {
  start: {
    description:
      'The local stack with a simulated Ocrolus: takes a book through every event, shows what is stored, and keeps running.',
    examples: [
      ['npm start', 'the demonstration; Ctrl-C ends it'],
      ['npm start -- --once', 'the same, and the end: the exit status is 1 if anything is missing'],
    ],
  },
  local: {
    description: 'The local stack alone, until it is stopped.',
    examples: [
      ['npm run local', 'with a simulated Ocrolus'],
      [
        'npm run -s local -- --json --port 8080',
        'one line of JSON when it is ready, and the webhook at port 8080',
      ],
      ['POLL_SECONDS=300 npm run local', 'at the pace of a deployed stage'],
      ['OCROLUS_API_URL=https://ocrolus.example npm run local', 'with another Ocrolus'],
    ],
  },
};

const VARIABLES = `
Environment:
  OCROLUS_API_URL, OCROLUS_AUTH_URL         another Ocrolus, in place of the simulated one
  OCROLUS_CLIENT_ID, OCROLUS_CLIENT_SECRET  the credentials it accepts
  WEBHOOK_SECRET                            the signing secret, from 16 to 128 characters; random when not set
  POLL_SECONDS                              seconds between two runs of the poller; all other times shrink in proportion
                                            (default: ${QUICK_POLL_SECONDS} with the simulated Ocrolus, else ${DEPLOYED_POLL_SECONDS}, as deployed)
  DYNAMODB_ENDPOINT                         another DynamoDB, such as DynamoDB Local

Exit status: 0 success, 1 it failed, 2 wrong arguments.`;

/**
 * @returns `undefined` if help was asked for, which is then printed.
 * @throws UsageError that names every fault.
 */
export async function readLocalSettings(
  name: LocalProgram,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<LocalSettings | undefined> {
  const { description, examples } = ABOUT[name];
  let options: { json?: true; once?: true; port: string; data?: string; simulator: boolean } | undefined;
  const program = createCommand(name === 'start' ? 'npm start --' : 'npm run local --')
    .description(description)
    .addOption(
      new Option('--json', 'print one line of JSON when the stack is ready').hideHelp(name === 'start'),
    )
    .addOption(new Option('--once', 'end when the demonstration is complete').hideHelp(name === 'local'))
    .option('--port <number>', 'where the webhook listens; 0 is any free port', '0')
    .option(
      '--data <dir>',
      'folder that keeps table, bodies, messages and simulated books across restarts; stacks in different folders run side by side (without it the folder is .local/default, and every start is empty)',
      pathValue,
    )
    .addOption(new Option('--no-simulator', 'without a simulated Ocrolus').hideHelp(name === 'start'))
    .addHelpText('after', `${examplesText(examples)}\n${VARIABLES}`)
    .action((parsed) => {
      options = parsed;
    });
  await runCommand(program, args);
  if (options === undefined) return undefined;
  // In a shell, an empty variable means "not set".
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = z
    .object({ port: Port, environment: Environment })
    .safeParse({ port: options.port, environment: set });
  if (!parsed.success) throw new UsageError(z.prettifyError(parsed.error));
  // With another Ocrolus, the simulator is useless.
  const simulator = options.simulator && parsed.data.environment.OCROLUS_API_URL === undefined;
  return {
    json: options.json === true,
    once: options.once === true,
    port: parsed.data.port,
    ...foldersOf(options.data),
    simulator,
    // A real Ocrolus is slower, and limits the rate of requests.
    environment: { ...(simulator && { POLL_SECONDS: QUICK_POLL_SECONDS }), ...parsed.data.environment },
  };
}

function foldersOf(dataDir: string | undefined): Pick<LocalSettings, 'dataDir' | 'stateDir'> {
  if (dataDir === undefined) return { dataDir: DEFAULT_DATA_DIR };
  return { dataDir, stateDir: join(dataDir, 'state') };
}

/** Range that the functions accept (`shared/reconcile/settings.ts`). */
const SCALE = { min: 0.000_001, max: 1 };

/**
 * Shrinks every time of checklist, poller and circuit in proportion to the schedule, so that hours pass in seconds
 * (`shared/checklist/times.ts`). Retries by SQS keep their times, because it counts in whole seconds.
 *
 * @param pollSeconds between two runs of the poller.
 */
export function timeScaleOf(pollSeconds: number): Record<string, string> {
  const scale = Math.min(Math.max(pollSeconds / DEPLOYED_POLL_SECONDS, SCALE.min), SCALE.max);
  return { TIME_SCALE: String(scale) };
}
