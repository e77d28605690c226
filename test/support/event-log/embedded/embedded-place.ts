import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedLogOptions, openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import type { LogFailure, LogPlace } from '../../../contract/event-log/harness.ts';
import { startAppendingProcess } from '../appender.ts';
import { armFault, disarmFault, type Fault } from './faults.ts';

export interface EmbeddedPlace extends LogPlace {
  readonly path: string;
  open(options?: Partial<EmbeddedLogOptions>): Promise<EventLog>;
}

const faultyThread = new URL('./faulty-thread.ts', import.meta.url);

/** So that subscribers fall behind what is in memory, and read the file, in every test and not only under load. */
const fewInMemory = { tailTransitions: 64 };

/** A folder of its own with an embedded log in it, and everything that can be done to one. */
export function createEmbeddedPlace(): EmbeddedPlace {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-log-'));
  const path = join(folder, 'log.db');
  let opened: EventLog | null = null;

  const once = (fault: Fault) => async () => armFault(path, fault);
  const failure = (ends: LogFailure['ends'], fault: Fault): LogFailure => ({
    ends,
    async begin() {
      armFault(path, fault);
      return async () => disarmFault(path);
    },
  });

  return {
    path,
    async open(options = {}) {
      const limits = { ...fewInMemory, ...options.limits };
      opened = await openEmbeddedLog({ threadFile: faultyThread, ...options, limits, path });
      return opened;
    },
    async destroy() {
      disarmFault(path);
      await opened?.close();
      rmSync(folder, { recursive: true });
    },
    startAppender: async () => startAppendingProcess(new URL('./appending-process.ts', import.meta.url), [path]),
    async fallSilent() {
      armFault(path, 'hang before the commit');
      return async () => disarmFault(path);
    },
    interruptions: {
      'the thread dies before a commit': once('die before the commit'),
      'the thread dies after a commit that nobody was told of': once('die after the commit'),
      'a commit fails': once('fail the commit'),
    },
    async backUp() {
      const copy = join(folder, 'backup.db');
      for (const suffix of ['', '.end']) cpSync(`${path}${suffix}`, `${copy}${suffix}`);
      return async () => {
        rmSync(`${path}-wal`, { force: true });
        for (const suffix of ['', '.end']) cpSync(`${copy}${suffix}`, `${path}${suffix}`);
      };
    },
    failures: {
      'the disk is full': failure('refused: unavailable', 'find the disk full'),
      'an fsync fails': failure('unknown', 'fail the commit'),
      'an error after the commit': failure('unknown', 'fail after the commit'),
      'the thread dies before the commit': failure('unknown', 'die before the commit'),
      'the thread dies after the commit': failure('unknown', 'die after the commit'),
      'the disk hangs': failure('unknown', 'hang before the commit'),
    },
  };
}
