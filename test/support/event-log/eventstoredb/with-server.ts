import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ProtocolServer, startProtocolServer } from '../../eventstoredb/start-protocol-server.ts';
import { openTestLog, type TestLog } from './open-log.ts';

/** A protocol server of the test's own. */
export async function serverForTest(): Promise<ProtocolServer> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-log-'));
  const server = await startProtocolServer({ folder });
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  return server;
}

/** The adapter, closed when the test is over. */
export function logForTest(url: string, options: { readonly deadlineMs?: number } = {}): TestLog {
  const log = openTestLog(url, options);
  onTestFinished(() => log.close());
  return log;
}

/** Both, for tests that harm neither before the end. */
export async function serverAndLog(): Promise<{ readonly server: ProtocolServer; readonly log: TestLog }> {
  const server = await serverForTest();
  return { server, log: logForTest(server.url) };
}
