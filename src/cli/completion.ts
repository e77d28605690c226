import { Argument, type Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What `eventops completion` does: given by the composition root. */
export type PrintCompletion = (shell: Shell) => Promise<void>;

/** Adds `eventops completion bash|zsh|fish`. */
export function addCompletion(program: Command, print: PrintCompletion): void {
  program
    .command('completion')
    .description('print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>', 'which').choices(shells))
    .action((shell: Shell) => print(shell));
}
