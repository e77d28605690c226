import { readFileSync } from 'node:fs';

/** Of the machine, from one start of it to the next (random(4)); `null` where the system has no such thing. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
