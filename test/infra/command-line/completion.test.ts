import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completionScript } from '../../../infra/command-line/completion.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { programOf } from '../ops/testing/program.ts';

const scriptOf = (shell: 'bash' | 'zsh' | 'fish') =>
  completionScript(programOf(), shell, { names: ['ops'], values: { channel: CHANNELS } });

/** Bash's own completions of lines, each with the cursor at its end. */
function complete(lines: readonly string[]): Record<string, string[]> {
  const calls = lines.map((line) => {
    const words = line.split(' ');
    const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
    return `${set}\n_ops\nprintf '%s\\n' "\${COMPREPLY[*]}"`;
  });
  const run = [scriptOf('bash'), ...calls].join('\n');
  const completed = execFileSync('bash', ['--norc', '-u', '-c', run], { encoding: 'utf8' }).split('\n');
  return Object.fromEntries(
    lines.map((line, index) => [line, completed[index]?.split(' ').filter(Boolean) ?? []]),
  );
}

test('bash completes commands, options and values', () => {
  const expected = {
    'ops redr': ['redrive'],
    'ops redrive --all --limit 3 --dry': ['--dry-run'],
    // A value that is not a command of the program.
    'ops redrive show --dry': ['--dry-run'],
    'ops nothing-like-it x': [],
    'ops redrive --dry': ['--dry-run'],
    'ops redrive doc-': ['doc-verified'],
    'ops replay --channel ': [...CHANNELS],
    'ops dlq sh': ['show'],
    'ops trigger book --fault dup': ['duplicate'],
  };
  expect(complete(Object.keys(expected))).toEqual(expected);
});

test('zsh runs the script of bash', () => {
  expect(scriptOf('zsh')).toBe(`autoload -U +X bashcompinit && bashcompinit\n${scriptOf('bash')}`);
});

test('fish has a line for each command and option', () => {
  const fish = scriptOf('fish').split('\n');
  expect(fish[0]).toMatch(/^complete -c ops -f -n '__fish_use_subcommand' -a 'book result /);
  expect(fish).toContain("complete -c ops -f -n '__fish_seen_subcommand_from redrive' -l dry-run");
  expect(fish).toContain(
    `complete -c ops -f -n '__fish_seen_subcommand_from replay' -l channel -r -a '${CHANNELS.join(' ')}'`,
  );
});
