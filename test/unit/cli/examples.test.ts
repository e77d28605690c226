import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { allPermissions } from '../../../src/api/permissions.ts';
import { completionFor } from '../../../src/cli/completion-scripts.ts';
import { exampleOf } from '../../../src/cli/examples.ts';
import { type CommandActions, createProgram, runProgram } from '../../../src/cli/program.ts';

// Only what each does is left out.
const nothing: unknown = new Proxy(() => {}, { get: (_, name) => (name === 'then' ? undefined : nothing) });
const program = () => createProgram(nothing as CommandActions, allPermissions, '1.2.3');

const leavesOf = (command: Command, path: readonly string[] = []): readonly (readonly string[])[] =>
  command.commands.flatMap((each) => {
    const at = [...path, each.name()];
    return each.commands.length === 0 ? [at] : leavesOf(each, at);
  });

/** As a shell splits it, without what stands before and behind the command. */
const wordsOf = (line: string) =>
  [...line.replace(/^.*?\beventops /, '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');

describe('each command', () => {
  it.each(leavesOf(program()).map((path) => [path.join(' '), path] as const))(
    'has an example that is taken: %s',
    async (...[, path]) => {
      const words = wordsOf((exampleOf(path) ?? 'eventops none').replace(/\)$| >> .*$/g, ''));
      expect(words.slice(0, path.length)).toEqual(path);
      const under = program();
      under.configureOutput({ writeErr: () => {} });
      expect(await runProgram(under, words)).toBe(0);
    },
  );
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('for %s knows commands, those below them, and options', (shell) => {
    const script = completionFor(program(), shell);
    for (const word of ['dlq', 'groups', 'tail', 'follow', 'ndjson', 'profile']) expect(script).toContain(word);
  });
});

it('the version is printed', async () => {
  const under = program();
  const printed: string[] = [];
  under.configureOutput({ writeOut: (text) => void printed.push(text) });
  expect(await runProgram(under, ['--version'])).toBe(0);
  expect(printed).toEqual(['1.2.3\n']);
});
