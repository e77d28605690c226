import type { Clock } from '../application/ports/clock.ts';

/** Bytes are of memory, as estimated from what a request sends and asks for. */
export interface AdmissionLimits {
  readonly bytesInHand: number;
  /** So that one client's flood leaves room for all others. */
  readonly bytesInHandOfOneClient: number;
  /** Requests that wait for room. */
  readonly requestsWaiting: number;
  readonly requestsWaitingOfOneClient: number;
  readonly waitForRoomMs: number;
}

/** What there was no room in: the client's own share, or the whole. */
export type Shortage = 'client' | 'all';

/** What one request holds. */
export interface Hold {
  /**
   * Holds `bytes` instead of what it holds; less is given back at once, more may have to be waited for. Never rejects.
   * @returns `null` once it is held; what there is no room in when it stays as it was.
   */
  resize(bytes: number): Promise<Shortage | null>;
  /** Gives all back. A call that waits for more in it gets nothing. */
  release(): void;
}

export interface Admission {
  /** A hold of nothing. */
  hold(client: string): Hold;
  /** Held by all requests together. */
  bytesInHand(): number;
}

interface Account {
  readonly client: string;
  bytes: number;
  isReleased: boolean;
}

interface Waiter {
  readonly account: Account;
  readonly bytes: number;
  readonly end: (shortage: Shortage | null) => void;
}

/**
 * Bounds the memory of all requests together. What does not fit waits for a moment, in the order of arrival, and is
 * refused then. A request that is larger than a bound is let in when nothing else counts against that bound, so that no
 * bound can shut a request out permanently.
 */
export function createAdmission(limits: AdmissionLimits, clock: Clock): Admission {
  const ofClient = new Map<string, number>();
  let waiting: Waiter[] = [];
  let total = 0;

  const exceeds = (others: number, bytes: number, bound: number) => others > 0 && others + bytes > bound;
  function shortageFor({ client, bytes: own }: Account, bytes: number): Shortage | null {
    if (bytes <= own) return null;
    const clientsOthers = (ofClient.get(client) ?? 0) - own;
    if (exceeds(clientsOthers, bytes, limits.bytesInHandOfOneClient)) return 'client';
    return exceeds(total - own, bytes, limits.bytesInHand) ? 'all' : null;
  }

  function set(account: Account, bytes: number): void {
    const { client } = account;
    const change = bytes - account.bytes;
    total += change;
    account.bytes = bytes;
    const rest = (ofClient.get(client) ?? 0) + change;
    if (rest > 0) ofClient.set(client, rest);
    else ofClient.delete(client);
    if (change < 0 && waiting.length > 0) admitWaiting();
  }

  /** A client that waits for its own share is passed over; one that waits for the whole keeps its turn. */
  function admitWaiting(): void {
    let isFull = false;
    waiting = waiting.filter((waiter) => {
      const shortage = isFull ? 'all' : shortageFor(waiter.account, waiter.bytes);
      if (shortage === 'all') isFull = true;
      if (shortage !== null) return true;
      set(waiter.account, waiter.bytes);
      waiter.end(null);
      return false;
    });
  }

  /** Whether the next room belongs to a request that is waiting. */
  const isAwaited = () => waiting.some((each) => shortageFor(each.account, each.bytes) === 'all');

  function mayWait({ client }: Account): boolean {
    const ofThisClient = waiting.filter(({ account }) => account.client === client).length;
    return waiting.length < limits.requestsWaiting && ofThisClient < limits.requestsWaitingOfOneClient;
  }

  function waitForRoom(account: Account, bytes: number, shortage: Shortage): Promise<Shortage | null> {
    return new Promise((resolve) => {
      const over = new AbortController();
      const end = (outcome: Shortage | null) => {
        over.abort();
        resolve(outcome);
      };
      const waiter: Waiter = { account, bytes, end };
      waiting.push(waiter);
      void clock.sleep(limits.waitForRoomMs, over.signal).then(() => {
        if (over.signal.aborted) return;
        waiting = waiting.filter((each) => each !== waiter);
        end(shortageFor(account, bytes) ?? shortage);
        admitWaiting();
      });
    });
  }

  return {
    bytesInHand: () => total,
    hold(client) {
      const account: Account = { client, bytes: 0, isReleased: false };
      return {
        async resize(bytes) {
          if (account.isReleased) return null;
          const shortage = shortageFor(account, bytes) ?? (bytes > account.bytes && isAwaited() ? 'all' : null);
          if (shortage === null) {
            set(account, bytes);
            return null;
          }
          return mayWait(account) ? waitForRoom(account, bytes, shortage) : shortage;
        },
        release() {
          if (account.isReleased) return;
          account.isReleased = true;
          const abandoned = waiting.filter((each) => each.account === account);
          waiting = waiting.filter((each) => each.account !== account);
          for (const { end } of abandoned) end('all');
          set(account, 0);
        },
      };
    },
  };
}
