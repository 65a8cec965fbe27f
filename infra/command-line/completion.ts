import type { CommandUnknownOpts } from '@commander-js/extra-typings';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

/** Words for an argument or option of this name, such as `channel`, if the program itself names no choices. */
type KnownValues = Readonly<Record<string, readonly string[]>>;

interface Completions {
  /** Names of the command and its parents: `dlq show`; empty for the program. */
  readonly path: string;
  /** Subcommands, and values of arguments. */
  readonly words: readonly string[];
  /** Values by flag, such as `--channel`; empty without choices, `undefined` if the option takes no value. */
  readonly options: Readonly<Record<string, readonly string[] | undefined>>;
}

/**
 * Creates a script that completes commands, options and values.
 *
 * @param names of the command line, as it is typed.
 */
export function completionScript(
  program: CommandUnknownOpts,
  shell: Shell,
  { names, values }: { readonly names: readonly string[]; readonly values: KnownValues },
): string {
  const completions = completionsOf(program, values, '');
  if (shell === 'fish') return names.flatMap((name) => fishLines(name, completions)).join('\n');
  const bash = bashScript(completions, names);
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

function completionsOf(command: CommandUnknownOpts, values: KnownValues, path: string): Completions[] {
  const ofArguments = command.registeredArguments.flatMap(
    (argument) => argument.argChoices ?? values[argument.name()] ?? [],
  );
  const options = command
    .createHelp()
    .visibleOptions(command)
    .map((option) => {
      const takesValue = option.required || option.optional;
      return [option.long ?? '', takesValue ? (option.argChoices ?? values[option.name()] ?? []) : undefined];
    });
  const own = {
    path,
    words: [...command.commands.map((one) => one.name()), ...ofArguments],
    options: Object.fromEntries(options),
  };
  const below = command.commands.map((one) => completionsOf(one, values, `${path} ${one.name()}`.trim()));
  return [own, ...below.flat()];
}

function bashScript(completions: readonly Completions[], names: readonly string[]): string {
  const paths = completions.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const ofOptions = completions.flatMap(({ path, options }) =>
    Object.entries(options).flatMap(([flag, values]) =>
      values === undefined ? [] : [`    '${path} ${flag}') words='${values.join(' ')}' ;;`],
    ),
  );
  const ofCommands = completions.map(
    ({ path, words, options }) =>
      `      '${path}') words='${[...words, ...Object.keys(options)].join(' ')}' ;;`,
  );
  return `_ops() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $prev" in
${ofOptions.join('\n')}
    *) case "$path" in
${ofCommands.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _ops ${names.join(' ')}
`;
}

function fishLines(name: string, completions: readonly Completions[]): string[] {
  return completions.flatMap(({ path, words, options }) => {
    const when =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((one) => `__fish_seen_subcommand_from ${one}`)
            .join('; and ');
    const start = `complete -c ${name} -f -n '${when}'`;
    const ofOptions = Object.entries(options).map(([flag, values]) => {
      const given =
        values === undefined ? '' : ` -r${values.length === 0 ? '' : ` -a '${values.join(' ')}'`}`;
      return `${start} -l ${flag.replace('--', '')}${given}`;
    });
    return words.length === 0 ? ofOptions : [`${start} -a '${words.join(' ')}'`, ...ofOptions];
  });
}
