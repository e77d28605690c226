import { textOf } from '../project-files.ts';

export interface Runbook {
  /** Everything before them is the title. */
  readonly firstCommands: readonly string[];
}

const form = /^# .+\n\n```sh\n((?:.+\n)+)```\n\n\| you see \| it means \| do \|\n/;

/** @throws when it does not begin with a title, commands and the table. */
export function readRunbook(path: string): Runbook {
  const [, commands] = form.exec(textOf(path)) ?? [];
  if (commands === undefined) throw new Error(`${path} does not begin with a title, commands and what they show`);
  return { firstCommands: commands.trimEnd().split('\n') };
}
