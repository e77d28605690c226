import {
  CheckpointRefused,
  ConcurrencyConflict,
  LogDamaged,
  LogUnavailable,
  ReadDatabaseRefused,
  ReadDatabaseUnavailable,
} from './failures.ts';

/** A failure as it goes from one thread to another, where its class would be lost. */
export interface CarriedFailure {
  readonly name: string;
  readonly message: string;
}

const known = {
  CheckpointRefused,
  ConcurrencyConflict,
  LogDamaged,
  LogUnavailable,
  ReadDatabaseRefused,
  ReadDatabaseUnavailable,
} as const;

export const carried = (failure: unknown): CarriedFailure =>
  failure instanceof Error
    ? { name: failure.name, message: failure.message }
    : { name: 'Error', message: String(failure) };

/** The same failure, of the class by which it is judged; an `Error` where that is not one of those that are awaited. */
export function failureOf({ name, message }: CarriedFailure): Error {
  return Object.hasOwn(known, name) ? new known[name as keyof typeof known](message) : new Error(message);
}
