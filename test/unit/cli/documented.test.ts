import { expect, it } from 'vitest';
import { type CommandActions, createProgram } from '../../../src/cli/program.ts';
import { textOf } from '../../support/project-files.ts';

it('each command is in the table of docs/operating.md', () => {
  // Only what each does is left out.
  const nothing: unknown = new Proxy(() => {}, { get: () => nothing });
  const { commands } = createProgram(nothing as CommandActions, ['events:read']);
  const page = textOf('docs/operating.md');
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.map((each) => each.name()).filter((name) => !page.includes(`| \`bin/eventops ${name}`))).toEqual([]);
});
