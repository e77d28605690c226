import type { CarriedFailure } from '../../application/carried-failure.ts';
import type { LogPosition } from '../../application/ports/event-log.ts';
import type { Lease } from '../../application/ports/leases.ts';
import type { LogFields } from '../../application/ports/log-fields.ts';
import type { FillLimits } from '../../projections/rebuild/fill.ts';
import type { LentConnections } from '../../projections/rebuild/lend-connections.ts';
import type { CarriedMessage, CarriedTransitions } from './carried-transitions.ts';

/** What a thread is started to do: to bring the copy in a slot to the end of the log. */
export interface FillingOrder {
  readonly projection: string;
  readonly version: number;
  readonly slot: string | null;
  readonly lease: Lease | null;
  readonly limits?: Partial<FillLimits> | undefined;
  /** Up to which an operator accepted that whatever cannot be projected is passed over. */
  readonly passOverUpTo: bigint | null;
}

/** What the thread asks of the process, and is answered. */
export interface Calls extends Pick<LentConnections, 'borrow' | 'query'> {
  /** Once, before the first `next`. */
  subscribe(
    from: string | null,
    streamPrefixes: readonly string[] | undefined,
    maxBatch: number | undefined,
  ): Promise<void>;
  /** Of that subscription. */
  next(): Promise<CarriedMessage>;
  /** The first transition of a stream, or none. */
  first(stream: string): Promise<CarriedTransitions>;
}

export type Call = {
  readonly [Name in keyof Calls]: { readonly name: Name; readonly given: Parameters<Calls[Name]> };
}[keyof Calls];

export type FromThread =
  | { readonly kind: 'call'; readonly number: number; readonly call: Call }
  | { readonly kind: 'give-back'; readonly connection: number }
  | { readonly kind: 'written'; readonly position: LogPosition; readonly transitions: number }
  | { readonly kind: 'line'; readonly level: Level; readonly fields: LogFields; readonly message: string }
  | { readonly kind: 'filled'; readonly transitions: number }
  | { readonly kind: 'failed'; readonly failure: CarriedFailure };

export type Level = 'debug' | 'info' | 'warn' | 'error';

export type ToThread =
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly number: number; readonly failure: CarriedFailure };
