import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Options {
  readonly env?: NodeJS.ProcessEnv;
}

/** What a program prints. @throws when it fails, with what it printed. */
export async function outputOf(program: string, args: readonly string[], { env = {} }: Options = {}): Promise<string> {
  const { stdout } = await execute(program, args, { env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 });
  return stdout.trim();
}

export const succeeds = (program: string, args: readonly string[], options: Options = {}): Promise<boolean> =>
  outputOf(program, args, options).then(
    () => true,
    () => false,
  );

/** Its output is this one's standard error: results alone go to standard output. */
export async function show(program: string, args: readonly string[], { env = {} }: Options = {}): Promise<void> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} … ended with ${code}`);
}
