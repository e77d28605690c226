import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EmbeddedLogOptions } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';

const SUFFIXES = ['', '-wal', '.end'];

export interface LeftOpen {
  readonly path: string;
  /** Another copy of the same files. */
  copy(): LeftOpen;
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-left-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function copyOf(path: string): LeftOpen {
  const copy = join(newFolder(), 'log.db');
  for (const suffix of SUFFIXES)
    if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
  return { path: copy, copy: () => copyOf(copy) };
}

/** A log as it lies there when its process was killed after `write`. */
export async function leftOpenAfter(
  write: (log: EventLog) => Promise<void>,
  options: Partial<EmbeddedLogOptions> = {},
): Promise<LeftOpen> {
  const path = join(newFolder(), 'log.db');
  const log = await openEmbeddedLog({ path, ...options });
  await write(log);
  const left = copyOf(path);
  await log.close();
  return left;
}
