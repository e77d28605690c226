import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Then it is ended with all that it started, so that a test that fails leaves nothing running. */
const LONGEST_MS = 240_000;

/** Runs a program to its end. */
export function run(folder: string, command: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const tooLong = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), LONGEST_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => {
      clearTimeout(tooLong);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(tooLong);
      resolve({ code, stdout, stderr });
    });
  });
}

/** The same, where it has to succeed. @throws with what it printed. */
export async function runWell(folder: string, command: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(folder, command, ...args);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
