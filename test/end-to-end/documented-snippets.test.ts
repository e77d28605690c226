import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Snippet, snippetsOf } from '../support/markdown.ts';
import { runWell } from '../support/processes/run.ts';
import { type Started, startByHand } from '../support/processes/start-by-hand.ts';
import { projectFiles } from '../support/project-files.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const inCheckout = (path: string) => join(checkout, path);
const folder = mkdtempSync(join(tmpdir(), 'eventops-snippets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pages = projectFiles().filter((path) => path.endsWith('.md') && !path.startsWith('docs/adr/'));
const snippets = pages.flatMap(snippetsOf);
const inLanguage = (...languages: readonly string[]) => snippets.filter(({ language }) => languages.includes(language));
const [configuration] = inLanguage('ts').filter(({ code }) => code.includes('export default defineConfig('));

describe('the TypeScript of the pages', () => {
  it('has the right types, each snippet as a file beside the configuration of the README', async () => {
    expect(configuration?.page).toBe('README.md');
    const inTypeScript = inLanguage('ts', 'js');
    expect(inTypeScript.length).toBeGreaterThan(2);
    for (const [index, { code }] of inTypeScript.entries()) writeSnippet(`${index}`, code, configuration);
    const settings = {
      extends: inCheckout('tsconfig.json'),
      compilerOptions: {
        paths: {
          eventops: [inCheckout('src/index.ts')],
          'eventops/testing': [inCheckout('src/main/testing/index.ts')],
        },
        allowImportingTsExtensions: true,
      },
      include: ['*/*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    symlinkSync(inCheckout('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await runWell(folder, inCheckout('node_modules/.bin/tsc'), '-p', '.');
  });

  function writeSnippet(name: string, code: string, beside: Snippet | undefined): void {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'eventops.config.ts'), beside?.code ?? '');
    writeFileSync(join(folder, name, 'snippet.ts'), code);
  }
});

describe('what a newcomer types, in the order of the README', () => {
  const [post, look, install, ...others] = inLanguage('sh', 'bash').filter(({ page }) => page === 'README.md');
  const dataFolder = join(folder, 'data');
  let system: Started;
  beforeAll(async () => {
    system = await startByHand(checkout, ['npm', 'start'], { DATA_DIR: dataFolder });
  }, 300_000);
  afterAll(() => system?.stop());

  /** In a shell of its own, against the system that was started, which listens on another port than the usual one. */
  const type = (code: string) =>
    runWell(
      checkout,
      'env',
      `DATA_DIR=${dataFolder}`,
      'bash',
      '-euo',
      'pipefail',
      '-c',
      code.replaceAll('http://127.0.0.1:8000', system.url),
    );

  it('posts an event, once, and sees it reach its end and how', async () => {
    const say = '\nprintf "\\n%s" "$TOKEN"';
    const [answer = '', token = ''] = (await type(`${post?.code}${say}`)).split('\n');
    const { id } = JSON.parse(answer) as { id: string };
    const [again = ''] = (await type(`${post?.code}${say}`)).split('\n');
    expect(JSON.parse(again)).toMatchObject({ id });

    const withId = look?.code.replace('ID=…', `ID=${id}`) ?? '';
    expect(withId).toContain(`ID=${id}`);
    const seen = await type(`TOKEN=${token}\n${withId}`);
    expect(seen).toContain('"status":"PROCESSED"');
    expect(seen).toContain('"type":"ProcessingSucceeded"');
    expect(seen).toContain('"verified":true');

    const [audit] = snippetsOf('docs/histories.md').filter(({ language }) => language === 'sh');
    expect(await type(`TOKEN=${token}\nID=${id}\n${audit?.code}`)).toMatch(/^valid {3}0 EventReceived /);
  });

  it('is all that the README gives, beside the package, which a test of its own installs', () => {
    expect(install?.code).toBe('npm install ./eventops-0.1.0.tgz zod\nnpx eventops start\n');
    expect(others).toEqual([]);
  });
});
