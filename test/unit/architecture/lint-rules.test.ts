import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lint-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wrong: readonly (readonly [rule: string, text: string])[] = [
  // The first three need types: without its second half, the linter would pass over them without a word.
  ['no-floating-promises', 'const save = async () => 1;\nsave();'],
  ['switch-exhaustiveness-check', 'declare const s: "a" | "b";\nswitch (s) { case "a": break; }'],
  ['no-misused-promises', '[1].forEach(async () => {});'],
  ['no-explicit-any', 'export const parse = (text: any) => text;'],
  ['consistent-type-imports', 'import { Stats } from "node:fs";\nexport type S = Stats;'],
  ['no-warning-comments', '// FIXME later\nexport const a = 1;'],
  ['no-unused-vars', 'const left = "over";'],
];

function lint(): string {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext' } }),
  );
  for (const [rule, text] of wrong) writeFileSync(join(folder, `${rule}.ts`), `${text}\nexport {};\n`);
  const { stdout } = spawnSync('oxlint', ['--type-aware', '-c', '.oxlintrc.json', '-f', 'unix', folder], {
    encoding: 'utf8',
  });
  return stdout;
}

describe('the lint rules', () => {
  it('fire, also those that need types', () => {
    const lines = lint().split('\n');
    const silent = wrong.filter(
      ([rule]) => !lines.some((line) => line.includes(`${rule}.ts:`) && line.includes(`(${rule})`)),
    );
    expect(silent, lines.join('\n')).toEqual([]);
  });
});
