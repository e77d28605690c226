import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigInvalid, loadConfig } from '../../../src/worker/handlers/load-config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eventops-handlers-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function load(text: string) {
  const path = join(folder, `config-${files++}.ts`);
  await writeFile(path, text);
  return loadConfig(path);
}

async function problemsOf(loading: Promise<unknown>): Promise<readonly string[]> {
  const error = await loading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigInvalid)) throw new Error('The configuration was taken');
  return error.problems;
}

describe('a configuration', () => {
  it('is what the repository itself offers', async () => {
    const handlers = await loadConfig(join(import.meta.dirname, '../../../eventops.config.ts'));
    const placed = handlers.find(({ pattern }) => pattern === 'order.placed');
    expect(placed?.schema?.safeParse({ orderId: 'o-1' }).success).toBe(true);
  });

  it('may leave out all but the function', async () => {
    const [handler] = await load(`export default { handlers: { 'order.*': { handle: () => 'done' } } };`);
    expect(handler).toMatchObject({
      pattern: 'order.*',
      schema: null,
      retry: { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 },
      timeoutMs: 30_000,
      replay: 'safe',
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  it('fills in what a retry policy leaves out', async () => {
    const [handler] = await load(`export default { handlers: { a: { retry: { maxAttempts: 2 }, handle() {} } } };`);
    expect(handler?.retry).toEqual({ maxAttempts: 2, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 });
  });

  it('has for classes of errors what differs for them', async () => {
    const retry =
      '{ maxAttempts: 3, on: { RateLimited: { maxAttempts: 9, initialDelayMs: 60_000 }, Gone: { maxAttempts: 1, jitter: "none" } } }';
    const [handler] = await load(`export default { handlers: { a: { retry: ${retry}, handle() {} } } };`);
    const usual = { maxAttempts: 3, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 };
    expect(handler?.retry).toEqual(usual);
    expect([...(handler?.retryOn ?? [])]).toEqual([
      ['RateLimited', { ...usual, maxAttempts: 9, initialDelayMs: 60_000 }],
      ['Gone', { ...usual, maxAttempts: 1, jitter: 'none' }],
    ]);
  });

  it('gives handlers a version that follows its text, unless they name their own', async () => {
    const text = (version: string) => `export default { handlers: { a: { ${version} handle() {} } } };`;
    const versions = [text(''), text(' '), text(`version: 'v7',`)].map((each) =>
      load(each).then(([one]) => one?.version),
    );
    const [first, second, named] = await Promise.all(versions);
    expect(first).not.toBe(second);
    expect(named).toBe('v7');
  });

  it('is refused with every problem at once, each by its key', async () => {
    const text = `export default {
      extra: 1,
      handlers: {
        'order.placed': {
          schema: {}, retry: { maxAttempts: 0, initialDelayMs: 1.5, factor: 'x', jitter: 'some', tries: 3 }, timeoutMs: -1, replay: 'maybe',
          version: '',
        },
        'order*': { handle() {} },
        late: { retry: { initialDelayMs: 400_000 }, handle() {} },
        wrong: 5,
        classes: { retry: { on: { RateLimited: { maxDelayMs: 10 }, Gone: { tries: 1 }, Lost: 5 } }, handle() {} },
      },
    };`;
    expect(await problemsOf(load(text))).toEqual([
      'handlers["order.placed"].schema: must be a zod schema',
      'handlers["order.placed"].retry.maxAttempts: must be a number from 1 to 1,000',
      'handlers["order.placed"].retry.initialDelayMs: must be a whole number',
      'handlers["order.placed"].retry.factor: must be a number from 1 to 100',
      `handlers["order.placed"].retry.jitter: must be 'full', 'equal' or 'none'`,
      'handlers["order.placed"].retry.tries: no such key',
      'handlers["order.placed"].timeoutMs: must be a number from 1 to 86,400,000',
      `handlers["order.placed"].replay: must be 'safe', 'manual' or 'never'`,
      'handlers["order.placed"].version: must not be empty',
      'handlers["order.placed"].handle: must be a function: handle(event, context)',
      'handlers["order*"]: must be an event type, `prefix.*` or `*`',
      'handlers["late"].retry.initialDelayMs: must not be more than maxDelayMs, which is 300000',
      'handlers["wrong"]: must be an object with a function `handle`',
      'handlers["classes"].retry.on.Gone.tries: no such key',
      'handlers["classes"].retry.on.Lost: must be an object such as { maxAttempts: 5 }',
      'extra: no such key',
    ]);
  });

  it('is refused when the first delay for a class is longer than its longest', async () => {
    const text =
      'export default { handlers: { a: { retry: { on: { RateLimited: { maxDelayMs: 10 } } }, handle() {} } } };';
    expect(await problemsOf(load(text))).toEqual([
      'handlers["a"].retry.on.RateLimited.initialDelayMs: must not be more than maxDelayMs, which is 10',
    ]);
  });

  it.each([
    ['export default 5;', 'the default export: must be an object with `handlers`'],
    ['export default {};', 'handlers: must be an object of handlers by event type'],
    ['export const config = {};', 'there is no default export; write `export default defineConfig({ … })`'],
    [`throw new TypeError('Not today');`, 'the file cannot be loaded: TypeError: Not today'],
    [`throw 5;`, 'the file cannot be loaded: it throws 5'],
    ['throw Object.create(null);', 'the file cannot be loaded: it throws something that is no Error'],
    ['export default Promise.resolve({ handlers: {} });', 'the default export is a promise; write'],
    [`import './missing.ts'; export default {};`, 'the file cannot be loaded: Error: Cannot find module'],
  ])('is refused when it is %s', async (text, problem) => {
    const [first, ...others] = await problemsOf(load(text));
    expect(first?.startsWith(problem), first).toBe(true);
    expect(others).toEqual([]);
  });

  it.each(['Number.NaN', 'Infinity', '-1', '0', '1e9', '2 ** 31', '"5"', 'null', '5n'])(
    'is refused when a number of it is %s, which a timer or a loop would take for something else',
    async (number) => {
      const text = `export default { handlers: { a: { timeoutMs: ${number}, retry: { maxAttempts: ${number} }, handle() {} } } };`;
      expect(await problemsOf(load(text))).toEqual([
        expect.stringMatching(/^handlers\["a"\]\.retry\.maxAttempts: must be a number from 1 to 1,000$/),
        expect.stringMatching(/^handlers\["a"\]\.timeoutMs: must be a number from 1 to 86,400,000$/),
      ]);
    },
  );

  it('is refused when it is a folder', async () => {
    expect(await problemsOf(loadConfig(folder))).toEqual([
      'the file cannot be read (EISDIR); create it, or name another one with EVENTOPS_CONFIG',
    ]);
  });

  it('is refused when its text is not TypeScript', async () => {
    expect(await problemsOf(load('export default {'))).toMatchObject([expect.stringContaining('cannot be loaded')]);
  });

  it('is refused when there is none, and says what to do', async () => {
    const path = join(folder, 'none.ts');
    expect(await problemsOf(loadConfig(path))).toEqual([
      'there is no such file; create it, or name another one with EVENTOPS_CONFIG',
    ]);
    await expect(loadConfig(path)).rejects.toThrow(path);
  });
});
