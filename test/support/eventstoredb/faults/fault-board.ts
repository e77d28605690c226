import { RpcError, rpcErrors } from '../rpc/rpc-errors.ts';
import type { CallFault, CallKind, Fault, FaultName, ServerFault } from './fault.ts';

const WRITES: readonly CallKind[] = ['append', 'delete'];
const ALL_BUT_DISCOVERY: readonly CallKind[] = ['append', 'delete', 'read', 'subscribe'];

/** What the server has done has to be durable before the fault counts as having struck. */
const isOfWritten = ({ fault }: CallFault, kind: CallKind) =>
  WRITES.includes(kind) && (fault === 'lose-reply' || fault === 'delay' || fault === 'time-out');

const struckByDefault = ({ fault }: CallFault) =>
  fault === 'lose-reply' || fault === 'delay' || fault === 'time-out' ? WRITES : ALL_BUT_DISCOVERY;

const isServerFault = (fault: Fault): fault is ServerFault =>
  fault.fault === 'black-hole' || fault.fault === 'checkpoint-ahead' || fault.fault === 'tell-fell-behind';

interface ActiveFault {
  readonly fault: CallFault;
  readonly calls: readonly CallKind[];
  left: number;
}

/** Which faults are on. Calls ask it as they begin. */
export class FaultBoard {
  readonly #callFaults = new Map<FaultName, ActiveFault>();
  readonly #serverFaults = new Map<FaultName, ServerFault>();
  readonly #strikes = new Map<FaultName, number>();
  #silence: PromiseWithResolvers<void> | undefined;
  #waiting: { readonly fault: FaultName; readonly times: number; readonly settle: () => void }[] = [];

  set(fault: Fault): void {
    if (isServerFault(fault)) {
      this.#serverFaults.set(fault.fault, fault);
      if (fault.fault === 'black-hole') this.#silence ??= Promise.withResolvers();
    } else {
      const calls = fault.calls ?? struckByDefault(fault);
      this.#callFaults.set(fault.fault, { fault, calls, left: fault.next ?? Number.POSITIVE_INFINITY });
    }
  }

  lift(name?: FaultName): void {
    if (name === undefined) {
      this.#callFaults.clear();
      this.#serverFaults.clear();
    } else {
      this.#callFaults.delete(name);
      this.#serverFaults.delete(name);
    }
    if (this.#serverFaults.has('black-hole')) return;
    this.#silence?.resolve();
    this.#silence = undefined;
  }

  /** While the server is a black hole: settles when it no longer is. Nothing is to be answered before. */
  get silence(): Promise<void> | undefined {
    return this.#silence?.promise;
  }

  /** The fault that this call has to suffer, if any; the one that was set first. */
  strike(kind: CallKind): CallFault | undefined {
    if (this.#callFaults.size === 0) return undefined;
    for (const [name, active] of this.#callFaults) {
      if (!active.calls.includes(kind)) continue;
      active.left -= 1;
      if (active.left <= 0) this.#callFaults.delete(name);
      if (!isOfWritten(active.fault, kind)) this.count(name);
      return active.fault;
    }
    return undefined;
  }

  /** A fault has struck. */
  count(name: FaultName): void {
    this.#strikes.set(name, (this.#strikes.get(name) ?? 0) + 1);
    const due = this.#waiting.filter((one) => this.#hasStruck(one.fault, one.times));
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { settle } of due) settle();
  }

  #hasStruck(name: FaultName, times: number): boolean {
    return (this.#strikes.get(name) ?? 0) >= times;
  }

  struck(fault: FaultName, times: number): Promise<void> {
    if (this.#hasStruck(fault, times)) return Promise.resolve();
    return new Promise((settle) => this.#waiting.push({ fault, times, settle }));
  }

  /** How far ahead of the log's end checkpoints are to be, in bytes. */
  get checkpointsAheadBytes(): number | undefined {
    const fault = this.#serverFaults.get('checkpoint-ahead');
    return fault?.fault === 'checkpoint-ahead' ? fault.bytes : undefined;
  }
  get tellsFellBehind(): boolean {
    return this.#serverFaults.has('tell-fell-behind');
  }
}

/** What a fault that keeps a call from being done is answered with; nothing for the others. */
export function refusalBy(fault: CallFault | undefined, self: { readonly port: number }): RpcError | undefined {
  switch (fault?.fault) {
    case 'server-busy':
      return rpcErrors.serverBusy();
    case 'not-ready':
      return rpcErrors.serverNotReady();
    case 'access-denied':
      return rpcErrors.accessDenied();
    case 'not-leader':
      return rpcErrors.notLeader(fault.leader?.host ?? '127.0.0.1', fault.leader?.port ?? self.port);
    case 'fail':
      return new RpcError(fault.code, fault.details ?? 'A fault was asked for.', fault.trailers);
    default:
      return undefined;
  }
}
