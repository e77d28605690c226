import type { CallFault, CallKind } from '../faults/fault.ts';
import { type FaultBoard, refusalBy } from '../faults/fault-board.ts';
import type { Database } from '../log/database.ts';
import type { OpenSubscriptions } from './open-subscriptions.ts';

/** What every rpc works with. */
export interface ServerContext {
  readonly database: Database;
  readonly faults: FaultBoard;
  readonly subscriptions: OpenSubscriptions;
  readonly self: { readonly host: string; readonly port: number };
}

/** The server's own limit for a write, whatever the client's deadline. */
export const WRITE_TIMEOUT_MS = 2_000;

export const pause = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs));

/**
 * What a call that only asks has to suffer before it begins.
 * @throws {RpcError} where it is not to be done at all.
 */
export async function suffer(context: ServerContext, kind: CallKind): Promise<void> {
  const fault = context.faults.strike(kind);
  const refusal = refusalBy(fault, context.self);
  if (refusal) throw refusal;
  if (fault?.fault === 'delay') await pause(fault.delayMs);
}

/** Holds back the answer to something that has been written, for as long as the fault says; `lose-reply`: permanently. */
export function holdAnswer({ faults }: ServerContext, fault: CallFault | undefined): Promise<void> | undefined {
  if (fault) faults.count(fault.fault);
  if (fault?.fault === 'delay') return pause(fault.delayMs).then(() => faults.silence);
  return fault?.fault === 'lose-reply' ? new Promise(() => {}) : faults.silence;
}
