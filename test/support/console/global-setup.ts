import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { makeDataFolder } from '../processes/data-folder.ts';
import { runEventOps } from '../processes/running-eventops.ts';
import { findChromium } from './find-chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The system and the browser of all journeys; `null` where there is no Chromium. */
    console: { readonly url: string; readonly token: string; readonly browser: string } | null;
  }
}

/** One system and one browser: to start either takes as long as several journeys. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  project.provide('console', null);
  if (executablePath === null) {
    process.stdout.write('The journeys in a browser are skipped: no Chromium is here (apt-get install chromium)\n');
    return async () => {};
  }
  const folder = await mkdtemp(join(tmpdir(), 'eventops-console-'));
  const dataFolder = join(folder, 'data');
  await makeDataFolder(dataFolder);
  const handlersFile = fileURLToPath(new URL('eventops.config.ts', import.meta.url));
  const system = await runEventOps({
    ...{ dataFolder, handlersFile },
    env: { RATE_LIMIT_ACTS_PER_MINUTE: '0', REPLAY_ROLE: 'operator', AUDIT_CHECKPOINT_SECONDS: '1' },
  });
  const browser = await chromium.launchServer({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  project.provide('console', { url: system.url, token: system.token, browser: browser.wsEndpoint() });
  return async () => {
    await browser.close();
    await system.stop();
    await rm(folder, { recursive: true });
  };
}
