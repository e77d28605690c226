import type { Command } from 'commander';
import type { Shell } from './completion.ts';

/** What may follow the words of a command. */
interface Words {
  /** Of the command, separated by spaces; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly choices: readonly string[];
  }[];
}

/** A script for the shell, made from the commands that there are. */
export function completionFor(program: Command, shell: Shell): string {
  const all = wordsOf(program, '');
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      // With what bash is given: zsh reads it as it stands.
      return `#compdef eventops\nautoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;
    case 'fish':
      return fish(all);
  }
}

function wordsOf(command: Command, path: string): readonly Words[] {
  const options = command.options.map((option) => ({
    name: option.long ?? option.short ?? '',
    description: option.description,
    choices: option.argChoices ?? [],
  }));
  const commands = command.commands.map((each) => ({ name: each.name(), description: each.description() }));
  const below = command.commands.flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim()));
  return [
    { path, commands, options: [...options, { name: '--help', description: 'show help', choices: [] }] },
    ...below,
  ];
}

function bash(all: readonly Words[]): string {
  const cases = all.map(({ path, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.map(({ name }) => name)];
    const choices = options.filter((option) => option.choices.length > 0);
    const ofOptions = choices.map(({ name, choices: of }) => `        ${name}) words='${of.join(' ')}' ;;`);
    return [
      `    '${path}')`,
      `      words='${words.join(' ')}'`,
      ...(ofOptions.length === 0 ? [] : ['      case "$previous" in', ...ofOptions, '      esac']),
      '      ;;',
    ].join('\n');
  });
  const known = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|');
  return `_eventops() {
  local word path='' next words='' previous=\${COMP_WORDS[COMP_CWORD-1]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in ${known}) path=$next ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _eventops eventops
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, commands, options }) => {
    const below = commands.map(({ name }) => name).join(' ');
    const seen = path.split(' ').filter((word) => word !== '');
    const after = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
    const isFree = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`];
    const when = [...after, ...isFree].join('; and ');
    const condition = when === '' ? '' : ` -n '${when}'`;
    return [
      ...commands.map((each) => `complete -c eventops -f${condition} -a ${each.name} -d ${quoted(each.description)}`),
      ...options.map(({ name, description, choices }) => {
        const values = choices.length === 0 ? '' : ` -x -a '${choices.join(' ')}'`;
        return `complete -c eventops${condition} -l ${name.replace(/^--/, '')} -d ${quoted(description)}${values}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** The first words, for one line. */
const quoted = (text: string) => `'${(text.split(/[:;.]/)[0] ?? '').replaceAll(/['\\]/g, '')}'`;
