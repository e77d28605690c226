import type { EndPoint } from './parse-address.ts';

/**
 * What an error means for what was asked. `retryable`: certainly not done, and may be done later. `unknown`: done or not;
 * only asking again or reading shows which.
 */
export type ErrorKind = 'conflict' | 'not-found' | 'too-large' | 'invalid' | 'auth' | 'retryable' | 'unknown';

/** EventStoreDB's own names for what went wrong, in the trailer `exception` (its RpcExceptions.cs). */
const byException: Readonly<Record<string, ErrorKind>> = {
  'not-leader': 'retryable',
  'access-denied': 'auth',
  'wrong-expected-version': 'conflict',
  'stream-not-found': 'not-found',
  'no-stream': 'not-found',
  'stream-deleted': 'invalid',
  'invalid-transaction': 'invalid',
  'maximum-append-size-exceeded': 'too-large',
  'maximum-append-event-size-exceeded': 'too-large',
  'missing-required-metadata-property': 'invalid',
};

/** The codes of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) that are certain by themselves. */
const byCode: Readonly<Record<number, ErrorKind>> = {
  3: 'invalid',
  5: 'not-found',
  6: 'conflict',
  7: 'auth',
  9: 'invalid',
  // A server that does not know the method has not carried it out. It is another kind of server.
  12: 'retryable',
  16: 'auth',
};

/** A node that is starting, overloaded or between two leaders: it says so before it does anything. */
const notHandled = /^Server Is (?:Not Ready|Busy|Too Busy)|^No leader info available/;
/** grpc-js has no node to send the call to. */
const notSent = /^(?:No connection established|Name resolution failed|Failed to discover)/;

/** A call that has no end of its own is over without an error. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';
}

interface ServiceError {
  readonly code: number;
  readonly details: string;
  readonly metadata: { get(key: string): readonly (string | Buffer)[] };
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'number' &&
  'details' in error &&
  typeof error.details === 'string' &&
  'metadata' in error;

/** For every shape in which an error arrives: of gRPC, of EventStoreDB through gRPC, of discovery, of our deadlines. */
export function classifyError(error: unknown): ErrorKind {
  if (!isServiceError(error)) return error instanceof Error && notSent.test(error.message) ? 'retryable' : 'unknown';
  const known = byException[trailer(error, 'exception')] ?? byCode[error.code];
  return known ?? (isNotHandled(error.details) || notSent.test(error.details) ? 'retryable' : 'unknown');
}

export const isNotHandled = (details: string) => notHandled.test(details);

/**
 * Whether appends that wait for their answer on a call that failed like this were certainly not written.
 * @param answered whether the call had answered any: then it was let in, and what it took may be written.
 */
export function wasNeverTaken(error: unknown, answered: boolean): boolean {
  if (!isServiceError(error) || answered) return false;
  const kind = classifyError(error);
  // A node loses its leadership between two appends of a call, or gets busy: the first may be written.
  const isOfLater = leaderNamedBy(error) !== null || isNotHandled(error.details);
  return kind === 'auth' || (kind === 'retryable' && !isOfLater);
}

/** The node to ask instead, where a node that is not the leader has named it. */
export function leaderNamedBy(error: unknown): EndPoint | null {
  if (!isServiceError(error) || trailer(error, 'exception') !== 'not-leader') return null;
  const [address, port] = [trailer(error, 'leader-endpoint-host'), Number(trailer(error, 'leader-endpoint-port'))];
  return address !== '' && Number.isInteger(port) && port > 0 ? { address, port } : null;
}

/**
 * Whether the connection may be at fault: then a new one is made, perhaps to another node. A refusal proves that the
 * connection works.
 */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof CallEnded) return true;
  if (!isServiceError(error)) return false;
  if (trailer(error, 'exception') === 'not-leader' || error.details.startsWith('No leader info')) return true;
  return !isNotHandled(error.details) && [1, 12, 13, 14].includes(error.code);
}

const trailer = ({ metadata }: ServiceError, key: string) => String(metadata.get(key)[0] ?? '');
