import type { Readable } from 'node:stream';
import type { LogPlace } from '../../application/ports/log-segments.ts';
import { boundedText, frameOf } from './server-sent-events.ts';
import type { TransitionMessage } from './transition-message.ts';

export interface LiveTransition {
  readonly message: TransitionMessage;
  /** As it is written. */
  readonly frameFor: (idOf: ReaderOptions['idOf']) => string;
}

export interface ReaderOptions {
  readonly clientId: string;
  readonly isWanted: (message: TransitionMessage) => boolean;
  /** The text that a client goes on with. */
  readonly idOf: (place: LogPlace) => string;
  /** Whether its token still lets it in. */
  readonly isStillLetIn: () => Promise<boolean>;
  /** Aborts when the connection is gone. */
  readonly signal: AbortSignal;
  /** That wait to be read. */
  readonly mostBytes: number;
}

/** How long a client waits before it comes again, where it does so by itself. */
const RETRY_MS = 2_000;

export interface LiveReader {
  readonly clientId: string;
  readonly text: Readable;
  readonly isOver: boolean;
  begin(place: LogPlace): void;
  /** What comes now is new. */
  live(): void;
  /** All up to here has been passed to it; the transition, if it can be shown, is at this place. */
  pass(place: LogPlace, transition: LiveTransition | null): void;
  isWanted(transition: LiveTransition): boolean;
  /** Resolves once it has room for more. */
  hasRoom(): Promise<void>;
  beat(): Promise<void>;
  end(code: string, detail: string): void;
  /** Ends it without a word. */
  leave(): void;
}

export function createReader(options: ReaderOptions, left: () => void): LiveReader {
  const { clientId, isWanted, idOf, isStillLetIn, signal, mostBytes } = options;
  const text = boundedText(mostBytes);
  let place: LogPlace | null = null;

  function write(frame: string): void {
    if (text.write(frame)) return;
    end('reader-too-slow', 'More was left unread than there is room for. Go on with Last-Event-ID.');
  }

  function end(code: string, detail: string): void {
    if (text.isOver) return;
    text.end(frameOf({ event: 'ended', data: JSON.stringify({ code, detail }) }));
    over();
  }

  function over(): void {
    signal.removeEventListener('abort', leave);
    left();
  }

  function leave(): void {
    text.readable.destroy();
    over();
  }
  signal.addEventListener('abort', leave, { once: true });

  return {
    clientId,
    text: text.readable,
    get isOver() {
      return text.isOver;
    },
    begin(at) {
      place = at;
      write(frameOf({ retryMs: RETRY_MS, id: idOf(at) }));
    },
    live() {
      if (place !== null) write(frameOf({ event: 'caught-up', id: idOf(place), data: '{}' }));
    },
    pass(at, transition) {
      if (place !== null && at.position <= place.position) return;
      place = at;
      if (transition === null || !isWanted(transition.message)) return;
      write(transition.frameFor(idOf));
    },
    isWanted: ({ message }) => isWanted(message),
    hasRoom: text.wanted,
    async beat() {
      // An issuer that is not available says nothing about the token.
      const isLetIn = await isStillLetIn().catch(() => true);
      if (!isLetIn) return end('unauthenticated', 'The token has expired or was revoked. Go on with another one.');
      write(frameOf({ comment: 'heartbeat', ...(place === null ? {} : { id: idOf(place) }) }));
    },
    end,
    leave,
  };
}
