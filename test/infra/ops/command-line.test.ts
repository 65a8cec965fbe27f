import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { runCommand } from '../../../infra/command-line/commands.ts';
import { readLocalSettings } from '../../../infra/local/settings.ts';
import { programOf } from './testing/program.ts';
import { typed } from './testing/typed.ts';

beforeEach(() => {
  // Vitest may set it for its own reports.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => vi.unstubAllEnvs());

const NAMES = programOf().commands.map((command) => command.name());
const helpOf = async (...words: string[]) => (await typed(...words)).stdout;

describe('help', () => {
  it.each(NAMES)('of %s has a description, examples, and says when the exit status is 0', async (name) => {
    const help = await helpOf('help', name);
    expect(help).toMatch(/^Usage: ops /);
    expect(help).toMatch(/^Examples:\n {2}# \S.*\n {2}(\w+=\S+ )?ops /m);
    expect(help).toMatch(/^Exit status 0: \S/m);
    expect(await helpOf(name, '--help')).toBe(help);
  });

  it('of the program names every command and the exit statuses', async () => {
    const help = await helpOf('--help');
    for (const name of NAMES) expect(help).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
    expect(help).toContain('Exit status: 0');
    expect(await helpOf('help')).toBe(help);
  });

  it('shows examples that can be called', async () => {
    // `completion` is about no stack.
    for (const name of NAMES.filter((one) => one !== 'completion')) {
      const examples = (await helpOf(name, '--help')).matchAll(/^ {2}ops (.*?)( > .*)?$/gm);
      for (const [, words = ''] of examples) {
        const called = vi.fn(async () => {});
        await runCommand(programOf(called), words.split(' '));
        expect(called).toHaveBeenCalledOnce();
      }
    }
  });
});

// No stack is looked for: these are the first errors.
describe('a wrong call is one line', () => {
  test.each([
    ['', 'a command is missing'],
    ['explode', "unknown command 'explode'"],
    ['constructor', "unknown command 'constructor'"],
    ['queus', "unknown command 'queus' (Did you mean queues?)"],
    ['queues --no-such-flag', "unknown option '--no-such-flag'"],
    ['queues --stge x', "unknown option '--stge' (Did you mean --stage?)"],
    ['queues extra', 'too many arguments'],
    ['queues --stage prod --data x', "'--stage <name>' cannot be used with option '--data <dir>'"],
    ['queues --data=', "option '--data <dir>' argument '' is invalid. It is empty."],
    ['queues --region eu-west-1 --data x', '--region and --profile are for a stage: name it with --stage'],
    [
      'replay --book --json',
      "option '--book <uuid>' argument missing before --json; as its value: --book=--json",
    ],
    ['logs poller --grep -h', "option '--grep <text>' argument missing before -h"],
    ['book', "missing required argument 'uuid'"],
    ['result book', "missing required argument 'kind'"],
    ['result book no-such-kind', 'Allowed choices are'],
    ['doctor --book x', '--book is for --probe'],
    ['book a/b', 'It must be the uuid of a book, or pk-<number>'],
    ['book circuit', 'It must be the uuid of a book, or pk-<number>'],
    ['forget pk-', 'It must be the uuid of a book, or pk-<number>'],
    ['deliveries --book=', 'It must be the uuid of a book, or pk-<number>'],
    ['delivery a/b', 'It must be an id as "ops deliveries" or "ops dlq" shows it'],
    ['dlq lifecicle', 'There is no such channel (Did you mean lifecycle?); it is one of: book-verified'],
    ['redrive', 'name a channel, or use --all'],
    ['redrive lifecycle --all', 'name a channel, or use --all'],
    ['redrive lifecycle --id a/b', 'It must be an id as'],
    ['replay --outcome applied', '--from is missing'],
    ['replay --from 2h --to 3h', '--to is before --from'],
    ['replay --from 2h --channel toString', 'There is no such channel'],
    ['backfill --to 2026-01-01', '--from is missing'],
    ['send', 'the event is missing'],
    ['deliveries --since yesterday', 'It must be a time that exists'],
    ['deliveries --outcome dead', 'Allowed choices are applied'],
    ['redrive lifecycle --limit 0', '--limit'],
    ['redrive lifecycle --rate fast', '--rate'],
    ['replay --from 2026-02-30', 'It must be a time that exists'],
  ])('%s', async (call, message) => {
    const { status, stdout, stderr } = await typed(...call.split(' ').filter(Boolean));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(message);
  });

  it.each(['start', 'local'] as const)('npm %s: an empty --data is refused', async (name) => {
    await expect(readLocalSettings(name, ['--data', ''], {})).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/--data <dir>.*It is empty/),
    });
  });
});

it('completion is printed without a stack, with the stages that have settings', async () => {
  const { status, stdout, stderr } = await typed('completion', 'bash');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("'queues --stage') words='dev prod' ;;");
  expect(stdout).toContain('complete -F _ops ops ocrolus-webhooks\n');
});
