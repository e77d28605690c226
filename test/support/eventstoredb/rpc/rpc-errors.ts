import type { Metadata } from '@grpc/grpc-js';
import { grpc } from '../stubs.ts';

/** How a call fails: status, words and trailers. Thrown inside the server, sent by whoever began the call. */
export class RpcError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: number, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details);
    this.name = 'RpcError';
    this.code = code;
    this.details = details;
    this.metadata = new grpc.Metadata();
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, trailerValue(value));
  }
}

/** Trailers are ASCII. */
const trailerValue = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '?');

const { status } = grpc;

export const rpcErrors = {
  /** What ASP.NET says of any exception that the server did not expect. */
  exceptionInHandler: () => new RpcError(status.UNKNOWN, 'Exception was thrown by handler.'),
  /** `result`: EventStoreDB's name of the enumeration and of the value in it. */
  unexpected: (result: string) => new RpcError(status.UNKNOWN, `Unexpected ${result}`),
  invalidPosition: () => new RpcError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.'),
  /** `type`: EventStoreDB's name of what was given. */
  invalidArgument: (value: string, type: string) =>
    new RpcError(status.INVALID_ARGUMENT, `'${value}' is not a valid ${type}`),
  requiredArgument: (name: string, type: string) =>
    new RpcError(status.INVALID_ARGUMENT, ` \`${name}\` is a required argument of type ${type}`),
  invalidCombination: (parts: readonly string[]) =>
    new RpcError(status.INVALID_ARGUMENT, `The combination of (${parts.join(', ')}) is invalid.`),
  requiredMetadataMissing: (property: string) =>
    new RpcError(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    }),
  maximumAppendSizeExceeded: (bytes: number) =>
    new RpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(bytes),
    }),
  streamDeleted: (stream: string) =>
    new RpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': stream,
    }),
  deleteConflict: (stream: string, expected: string, actual: string) =>
    new RpcError(
      status.FAILED_PRECONDITION,
      `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
      {
        exception: 'wrong-expected-version',
        'stream-name': stream,
        'expected-version': expected,
        'actual-version': actual,
      },
    ),
  accessDenied: () => new RpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' }),
  timeout: (message: string) => new RpcError(status.ABORTED, `Operation timed out: ${message}`),
  serverBusy: () => new RpcError(status.UNAVAILABLE, 'Server Is Too Busy'),
  serverNotReady: () => new RpcError(status.UNAVAILABLE, 'Server Is Not Ready'),
  notLeader: (host: string, port: number) =>
    new RpcError(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    }),
};

/** What reaches the client of whatever went wrong. */
export const asRpcError = (error: unknown): RpcError =>
  error instanceof RpcError ? error : rpcErrors.exceptionInHandler();
