import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { installInto, pack } from '../support/installed-package/install.ts';
import { runWell } from '../support/processes/run.ts';
import { startByHand } from '../support/processes/start-by-hand.ts';

const config = `import { defineConfig, NonRetryableError } from 'eventops';
import { z } from 'zod';

export default defineConfig({
  handlers: {
    'order.placed': {
      schema: z.object({ orderId: z.string() }),
      handle: async (event, context) => {
        const orderId: string = event.payload.orderId;
        if (orderId === '') throw new NonRetryableError('An order without an id cannot be shipped');
        context.logger.info({ orderId }, 'shipping');
        return { shipped: orderId };
      },
    },
  },
});
`;

const handlerTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHandler, startTestSystem } from 'eventops/testing';
import config from './eventops.config.ts';

test('an order is shipped', async () => {
  const outcome = await runHandler(config, { type: 'order.placed', payload: { orderId: 'A-1' } });
  assert.equal(outcome.kind, 'succeeded');
  assert.deepEqual(outcome.kind === 'succeeded' && outcome.result, { shipped: 'A-1' });
});

test('an order without an id is a dead letter at once', async () => {
  const outcome = await runHandler(config, { type: 'order.placed', payload: { orderId: '' } });
  assert.equal(outcome.kind === 'failed' && outcome.failure.class, 'NonRetryableError');
  assert.equal(outcome.kind === 'failed' && outcome.failure.retryable, false);
});

test('an order goes through a whole system', async () => {
  const system = await startTestSystem(config);
  const { id } = await system.post({ type: 'order.placed', payload: { orderId: 'A-1' } });
  assert.equal((await system.end(id)).status, 'PROCESSED');
  assert.equal((await system.history(id)).at(-1)?.type, 'ProcessingSucceeded');
  await system.stop();
});
`;

// As strict as a project can be: the declarations of every package are checked, too.
const settingsOfTsc = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, skipLibCheck: false, target: 'es2024', lib: ['es2024', 'esnext.disposable'] },
    ...{ module: 'nodenext', allowImportingTsExtensions: true, exactOptionalPropertyTypes: true },
    ...{ noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, erasableSyntaxOnly: true },
    types: ['node'],
    typeRoots: [fileURLToPath(new URL('../../node_modules/@types', import.meta.url))],
  },
  include: ['*.ts'],
};
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'eventops-installed-'));
const project = join(folder, 'shop');
mkdirSync(project);
const missing = await installInto(project, await pack(folder));
if (missing !== null) process.stdout.write(`skipped: the package in a project elsewhere, because ${missing}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(missing !== null)('the package, installed in an empty folder', { timeout: 300_000 }, () => {
  writeFileSync(join(project, 'eventops.config.ts'), config);
  writeFileSync(join(project, 'handlers.test.ts'), handlerTest);

  it('types a configuration, and a test of it', async () => {
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(settingsOfTsc));
    await runWell(project, tsc, '-p', '.');
    writeFileSync(join(project, 'eventops.config.ts'), config.replace('orderId: string', 'orderId: number'));
    await expect(runWell(project, tsc, '-p', '.')).rejects.toThrow(/eventops\.config\.ts.*TS2322/);
    writeFileSync(join(project, 'eventops.config.ts'), config);
  });

  it('has handlers tested by the runner that the project likes', async () => {
    const report = await runWell(project, 'npx', '--no', 'node', '--', '--test', '--test-reporter=tap');
    expect(report).toMatch(/^# pass 3$/m);
  });

  it('starts, takes an event and sees it through, and stops', async () => {
    const { url, said, stop } = await startByHand(project, ['npx', '--no', 'eventops', 'start']);
    expect(said).toContain('npx eventops token makes others');
    const token = (await runWell(project, 'npx', '--no', 'eventops', 'token')).trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'order.placed', source: 'shop', payload: { orderId: 'A-1' } });
    const posted = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
    const { id } = (await posted.json()) as { id: string };
    const end = await fetch(`${url}/v1/events/${id}?waitFor=PROCESSED&timeoutMs=30000`, { headers });
    expect(await end.json()).toMatchObject({ id, status: 'PROCESSED' });
    for (const file of ['docs', 'docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.js', 'openapi.json'])
      expect([file, (await fetch(`${url}/${file}`)).status]).toEqual([file, 200]);
    await stop();
    // Refused while the log is in use.
    await runWell(project, 'npx', '--no', 'eventops', 'verify');
  });
});
