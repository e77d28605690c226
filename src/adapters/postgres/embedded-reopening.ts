import pg from 'pg';
import { createBackoff } from '../../application/backoff.ts';
import { isDamage } from './translate-failures.ts';

export const reopeningLimits = {
  /** So many failures of the system's, and PGlite is opened again: */
  failuresBeforeReopening: 3,
  /** not before this has passed since the last time, and twice as long each time, */
  firstReopeningMs: 5_000,
  /** up to this; after as long without a failure the delays begin from the start. Failures count however far apart. */
  longestReopeningMs: 300_000,
} as const;
export type ReopeningLimits = { readonly [Name in keyof typeof reopeningLimits]: number };

export interface Reopening {
  /** To be called with every failure of the driver's. */
  failed(error: unknown): void;
}

/**
 * PGlite keeps what the system once refused: after one file that could not be made it answers "File exists" always,
 * until its files are opened again. One reopening costs about a second and PostgreSQL's own recovery.
 * @param now milliseconds that only grow.
 */
export function createReopening(
  { failuresBeforeReopening, firstReopeningMs, longestReopeningMs }: ReopeningLimits,
  reopen: (reason: string) => void,
  now: () => number = () => performance.now(),
): Reopening {
  let failures = 0;
  let notBeforeMs = -Infinity;
  const backoff = createBackoff({ firstMs: firstReopeningMs, longestMs: longestReopeningMs });
  let lastFailureMs = -Infinity;

  return {
    failed(error) {
      if (!isOfTheSystem(error)) return;
      if (now() - lastFailureMs > longestReopeningMs) backoff.reset();
      lastFailureMs = now();
      failures += 1;
      if (failures < failuresBeforeReopening || now() < notBeforeMs) return;
      failures = 0;
      notBeforeMs = now() + backoff.next();
      reopen(error.message);
    },
  };
}

/** Of files and descriptors, or PostgreSQL's own; not a full disk, which opening again does not help. */
const isOfTheSystem = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && /^(?:58|53(?!100)|XX)/.test(error.code ?? '') && !isDamage(error);
