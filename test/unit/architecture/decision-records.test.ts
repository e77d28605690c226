import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFiles, textOf } from '../../support/project-files.ts';

const headings = ['Context', 'Options', 'Decision', 'Consequences', 'Confirmation', 'Revisit when'];

/** What is wrong with the form of a record. The last heading but one names what goes red, which has to be there. */
function faults(text: string, exists: (path: string) => boolean): string[] {
  const lines = text.trimEnd().split('\n');
  const found = lines.flatMap((line) => /^## (.+)$/.exec(line)?.[1] ?? []);
  const confirmation = /^## Confirmation$([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  const named = [...confirmation.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.\w+)`/g)].flatMap(([, path]) => path ?? []);
  return [
    ...(/^# \S/.test(lines[0] ?? '') ? [] : ['no title']),
    ...(/^Status: (proposed|accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$/.test(lines[2] ?? '')
      ? []
      : ['no status']),
    ...(found.join() === headings.join() ? [] : [`headings: ${found.join(', ')}`]),
    ...(lines.length <= 60 ? [] : [`${lines.length} lines`]),
    ...(confirmation.includes('`') ? [] : ['names nothing that goes red']),
    ...named.filter((path) => !exists(path)).map((path) => `${path} does not exist`),
  ];
}

const good = [
  '# The log is the only record',
  '',
  'Status: accepted, 2026-11-23',
  ...headings.flatMap((heading) => ['', `## ${heading}`, 'Because of `test/unit/x.test.ts`.']),
].join('\n');

describe('decision records', () => {
  const paths = projectFiles('docs/adr').filter((path) => path.endsWith('.md'));
  const numbers = paths.map((path) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);

  it('are numbered, each number once', () => {
    expect(paths.length).toBeGreaterThan(0);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(paths)('have the form that readers know: %s', (path) => {
    expect(faults(textOf(path), existsSync)).toEqual([]);
  });

  it('are held to the form', () => {
    const all = () => true;
    expect(faults(good, all)).toEqual([]);
    expect(faults(good, () => false)).toEqual(['test/unit/x.test.ts does not exist']);
    expect(faults(good.replace('# The', 'The'), all)).toEqual(['no title']);
    expect(faults(good.replace('accepted', 'agreed'), all)).toEqual(['no status']);
    expect(faults(good.replace('## Options', '## Choices'), all)).toEqual([
      'headings: Context, Choices, Decision, Consequences, Confirmation, Revisit when',
    ]);
    expect(faults(`${good}${'\n.'.repeat(60)}`, all)).toEqual(['81 lines']);
    expect(faults(good.replaceAll('`', ''), all)).toEqual(['names nothing that goes red']);
  });
});
