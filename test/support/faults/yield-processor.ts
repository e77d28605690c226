import { writeFileSync } from 'node:fs';

/** As `nice` counts: about a tenth of the usual share, as long as others want theirs. */
const NICENESS = '10';

/**
 * Lets our own session go first. Linux gives each session the same share of the processor, and each of these processes is
 * one; in ours are all clients, and the networks that everything goes through. On two cores, with a dozen processes that
 * start again and again, those would otherwise have too little to be clients at all.
 */
export function yieldProcessor(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, NICENESS);
  } catch {
    // It has ended already, or the kernel knows no such thing.
  }
}
