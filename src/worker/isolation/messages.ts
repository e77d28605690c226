import type { OutgoingCall } from '../../application/outgoing-call.ts';
import type { HandlerLine } from '../handler-log.ts';
import type { HandlerEnd } from '../handler-runner.ts';
import type { Invocation } from '../invoke-handler.ts';

/** What a cell is started with. */
export interface CellSettings {
  /** Absolute path of the handlers' configuration, which the cell loads itself. */
  readonly configPath: string;
  /** What handlers may take, beside what the cell takes itself. */
  readonly memoryMiB: number;
  /** How long an outcome is kept back while the handler's own timers are still running. */
  readonly leftoverGraceMs: number;
  /** Whether requests of handlers may have to be followed. */
  readonly followsCalls: boolean;
}

/** One run, by a number of its own: an event may run twice in one cell, one time after the other. */
export interface CellRun extends Invocation {
  readonly run: number;
  /** The handler's name in the configuration. */
  readonly pattern: string;
  /** Its requests to others are reported. */
  readonly followsCalls?: true;
}

export type ToCell =
  | { readonly runs: readonly CellRun[] }
  | { readonly abort: readonly number[]; readonly reason: string }
  /** To be answered at once by whoever has the thread to itself. */
  | { readonly ping: number };

/** What one turn of the event loop of a cell has to say. */
export interface FromCell {
  /** The handlers are loaded. */
  readonly ready?: true;
  /** Why they cannot be. */
  readonly unusable?: string;
  readonly ends?: readonly (readonly [run: number, end: HandlerEnd])[];
  readonly lines?: readonly (readonly [run: number, line: HandlerLine])[];
  readonly calls?: readonly (readonly [run: number, call: OutgoingCall])[];
  /** Failures of handlers that had ended before. */
  readonly late?: readonly (readonly [run: number, what: string])[];
  /** The cell goes on, and should be replaced once it is empty: an error went through code that did not expect it. */
  readonly worn?: true;
  /** A handler that has ended here has begun something that goes on. */
  readonly leftover?: true;
  readonly pong?: number;
}

/** Why a cell is no more. */
export interface CellEnd {
  readonly kind: 'crashed' | 'out-of-memory' | 'unresponsive';
  /** For a person. */
  readonly how: string;
}
