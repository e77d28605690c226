import { globSync, renameSync, writeFileSync } from 'node:fs';

/** The clock of one machine: wrong by as much as wanted, from one moment to the next. Time that passes is never wrong. */
export interface MachineClock {
  /** What makes a process believe it. */
  readonly env: NodeJS.ProcessEnv;
  /** Before the right time when it is negative. */
  wrongBy(ms: number): void;
}

const libraryPath = () => globSync('/usr/lib/{*/,}faketime/libfaketimeMT.so.1').at(0) ?? null;

/** Why a machine's clock cannot be set here; `null` when it can. */
export const whyNoMachineClock = (): string | null =>
  libraryPath() === null ? 'libfaketime is not installed (apt-get install libfaketime)' : null;

/** @param file where libfaketime looks at each question for the time. */
export function createMachineClock(file: string): MachineClock {
  const wrongBy = (ms: number) => {
    // Whole at once: the file may be read at any moment.
    writeFileSync(`${file}.new`, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000}s\n`);
    renameSync(`${file}.new`, file);
  };
  wrongBy(0);
  return {
    env: {
      LD_PRELOAD: libraryPath() ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    wrongBy,
  };
}
