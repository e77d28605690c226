import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningEventOps, runEventOps } from '../test/support/processes/running-eventops.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** An EventOps of its own, on a data folder that goes with it. */
export async function startServer(): Promise<RunningEventOps> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
  const server = await runEventOps({ dataFolder, handlersFile: here('eventops.config.ts') });
  return {
    ...server,
    stop: async () => {
      const code = await server.stop();
      rmSync(dataFolder, { recursive: true });
      return code;
    },
  };
}

/** A bare Fastify that parses the same body and answers: what HTTP alone costs on this machine. */
export async function startCeiling(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, [here('ceiling.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`The bare server ended with exit code ${code}`)));
  });
  return { url, stop: () => void child.kill('SIGTERM') };
}
