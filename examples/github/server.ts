import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config/config.ts';
import { urlOf } from '../../src/main/listening.ts';

const eventops = fileURLToPath(new URL('../../bin/eventops', import.meta.url));

/** What starts each profile, and what it prints once all of it is ready. */
const profiles = {
  embedded: { command: [eventops, 'start'], ready: 'EventOps is ready' },
  full: {
    command: [process.execPath, fileURLToPath(new URL('../../scripts/full.ts', import.meta.url))],
    ready: 'All are ready',
  },
} as const;
export type Profile = keyof typeof profiles;
export const isProfile = (name: string): name is Profile => name in profiles;

export interface Server {
  readonly url: string;
  readonly token: string;
  /** Whether this process started it, and so has to stop it. */
  readonly startedHere: boolean;
  stop(): Promise<void>;
}

/** The EventOps that runs already at HOST and PORT, or one of our own on the same settings. @throws {SettingsInvalid} */
export async function findOrStartServer(profile: Profile): Promise<Server> {
  const { host, port } = readConfig();
  const url = urlOf(host, port);
  const token = () =>
    execFileSync(eventops, ['token', '--role', 'admin', '--subject', 'github-demo'], { encoding: 'utf8' }).trim();
  if (await answers(url)) return { url, token: token(), startedHere: false, stop: async () => {} };
  const {
    command: [program, ...args],
    ready: readyLine,
  } = profiles[profile];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error' },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.startsWith(readyLine) && resolve());
  });
  const early = await Promise.race([ready.then(() => 'ready' as const), ended]);
  if (early !== 'ready') throw new Error(`EventOps ended with exit code ${early} before it was ready; see above`);
  return {
    url,
    token: token(),
    startedHere: true,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const answers = (url: string) =>
  fetch(`${url}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
