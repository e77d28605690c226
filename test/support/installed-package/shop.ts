import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { run, runWell } from '../processes/run.ts';
import { startByHand } from '../processes/start-by-hand.ts';

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
    typeRoots: [fileURLToPath(new URL('../../../node_modules/@types', import.meta.url))],
  },
  include: ['*.ts'],
};
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

/** A project that has nothing of EventOps' checkout: a configuration, and a test of its handler. */
export function writeShop(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  writeFileSync(join(folder, 'eventops.config.ts'), config);
  writeFileSync(join(folder, 'handlers.test.ts'), handlerTest);
}

/** Of all files, and the package's declarations, only a handler that takes its payload for another has a mistake. */
export async function expectOnlyTheMistakeInTypes(project: string): Promise<void> {
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(settingsOfTsc));
  writeFileSync(join(project, 'mistaken.config.ts'), config.replace('orderId: string', 'orderId: number'));
  const { stdout } = await run(project, tsc, '-p', '.');
  expect(stdout).toMatch(/^mistaken\.config\.ts.*TS2322/m);
  expect(stdout.match(/^.*error TS/gm)?.filter((error) => !error.startsWith('mistaken.config.ts'))).toEqual([]);
}

/** Starts, takes an event and sees it through, shows its pages, stops, and finds its log unbroken. */
export async function liveThroughAnEvent(project: string): Promise<void> {
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
}
