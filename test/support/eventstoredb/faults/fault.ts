/** What a fault can strike. A read ends by itself, a subscription does not. */
export type CallKind = 'append' | 'delete' | 'read' | 'subscribe' | 'features' | 'gossip';

interface Reach {
  /** How many calls it strikes before it is over by itself; all until it is lifted, by default. */
  readonly next?: number;
  /** Which calls it strikes, where that is not what the fault's own comment says. */
  readonly calls?: readonly CallKind[];
}

/** A fault of calls. By default it strikes appends, deletes, reads and subscriptions. */
export type CallFault = Reach &
  (
    | { /** Written and durable, and never answered. Strikes appends and deletes. */ readonly fault: 'lose-reply' }
    | {
        /** Written, and answered that late; of reads and subscriptions, begun that late. Strikes appends, deletes. */
        readonly fault: 'delay';
        readonly delayMs: number;
      }
    | {
        /** Written, and answered with the server's own timeout. Strikes appends and deletes. */ readonly fault: 'time-out';
      }
    | {
        /** Not done; the answer names another node as the leader. */
        readonly fault: 'not-leader';
        /** This very server, by default. */
        readonly leader?: { readonly host: string; readonly port: number };
      }
    | { /** Not done. */ readonly fault: 'server-busy' | 'not-ready' | 'access-denied' }
    | {
        /** Not done; the call fails with this gRPC status. A batch call fails as a whole. */
        readonly fault: 'fail';
        readonly code: number;
        readonly details?: string;
        readonly trailers?: Readonly<Record<string, string>>;
      }
  );

/** A fault of the whole server until it is lifted. */
export type ServerFault =
  | {
      /** Connections are accepted and stay open, and nothing is read or answered on any, old or new. */
      readonly fault: 'black-hole';
    }
  | {
      /** Checkpoints of subscriptions name a place so many bytes beyond the end of the log. */
      readonly fault: 'checkpoint-ahead';
      readonly bytes: number;
    }
  | {
      /** Subscriptions say so when they fall behind. The protocol has a message for it that 24.10 never sends. */
      readonly fault: 'tell-fell-behind';
    };

export type Fault = CallFault | ServerFault;
export type FaultName = Fault['fault'];

/** How the server ends subscriptions: as if they were complete, or with a gRPC status. */
export type SubscriptionEnd = 'complete' | { readonly code: number; readonly details: string };

/** Where the log ended at some moment, in bytes. */
export type Backup = number;
export const EMPTY_BACKUP: Backup = 0;

/** The switches of a protocol server: the same in the process and from outside. */
export interface Faults {
  set(fault: Fault): Promise<void>;
  /** Lifts one fault, or all of them. */
  lift(fault?: FaultName): Promise<void>;
  /**
   * Settles once a call fault has struck that many times, counted from the server's start. What it lets be written is
   * durable by then.
   */
  struck(fault: FaultName, times?: number): Promise<void>;
  /** @returns how many subscriptions were ended. */
  endSubscriptions(how?: SubscriptionEnd): Promise<number>;
  /** Settles once that many subscriptions are open. */
  subscribed(count: number): Promise<void>;
  /** Closes every connection. @returns how many there were. */
  dropConnections(): Promise<number>;
  /** Remembers where the log ends. */
  backup(): Promise<Backup>;
  /** Puts the log back to where it was, {@link EMPTY_BACKUP} for an emptied one, and drops every connection. */
  restore(backup: Backup): Promise<void>;
}
