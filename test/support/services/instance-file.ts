import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, isFree } from '../free-port.ts';
import { handOver } from './own-process.ts';

export interface Instance {
  readonly password: string;
  readonly ports: readonly number[];
}

/** Makes the folder if need be, and settles on the instance's ports: the ones it had, as far as they are free. */
export async function settleInstance(folder: string, portCount: number): Promise<Instance> {
  mkdirSync(folder, { recursive: true });
  handOver(folder);
  const file = join(folder, 'instance.json');
  const before = readInstance(file);
  const ports: number[] = [];
  while (ports.length < portCount) {
    const wanted = before?.ports[ports.length];
    ports.push(wanted !== undefined && (await isFree(wanted)) ? wanted : await freePort());
  }
  const instance = { password: before?.password ?? randomBytes(12).toString('hex'), ports };
  writeFileSync(file, JSON.stringify(instance), { mode: 0o600 });
  return instance;
}

function readInstance(file: string): Instance | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
