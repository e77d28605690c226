import type { EventStatus } from './status.ts';

/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type Rejection =
  /** No such event was ever received. */
  | { readonly code: 'event-not-found' }
  /** The event exists with another body: one idempotency key names one request permanently. */
  | { readonly code: 'idempotency-key-reused' }
  /** The command speaks of an attempt that is over, running elsewhere, or not next. */
  | { readonly code: 'stale-attempt'; readonly status: EventStatus }
  /** The next attempt may not start before `dueAt`. */
  | { readonly code: 'retry-not-due'; readonly dueAt: string }
  /** The worker that runs the attempt is still believed until `leaseExpiresAt`. */
  | { readonly code: 'lease-not-expired'; readonly leaseExpiresAt: string }
  /** Only a finished event (PROCESSED or DEAD) can be replayed. */
  | { readonly code: 'event-still-processing'; readonly status: EventStatus }
  /** The handler of the event's type is one that must never run again for an event. */
  | { readonly code: 'replay-not-allowed'; readonly type: string }
  /** A discarded event stays discarded. */
  | { readonly code: 'event-discarded' }
  /** It is no longer what it was when it was decided what to do with it. */
  | { readonly code: 'event-changed'; readonly status: EventStatus }
  /** Only a dead letter can be discarded. */
  | { readonly code: 'event-not-dead'; readonly status: EventStatus };
