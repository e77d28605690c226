import { Readable } from 'node:stream';

export const EVENT_STREAM_CONTENT_TYPE = 'text/event-stream; charset=utf-8';

interface Frame {
  /** Its name; `message` without one. */
  readonly event?: string;
  /** Where a client goes on that has seen it. */
  readonly id?: string;
  readonly comment?: string;
  readonly retryMs?: number;
  /** One line. */
  readonly data?: string;
}

/** One message in the format of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const frameOf = ({ event, id, comment, retryMs, data }: Frame): string =>
  [
    ...(comment === undefined ? [] : [`: ${comment}`]),
    ...(retryMs === undefined ? [] : [`retry: ${retryMs}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(data === undefined ? [] : [`data: ${data}`]),
    '\n',
  ].join('\n');

/** A text that is written while it is read, and of which no more waits for its reader than so many bytes. */
export interface BoundedText {
  readonly readable: Readable;
  /** Whether there was room. A text that has none is not written. */
  write(text: string): boolean;
  /** Resolves once the reader wants more, or is gone. */
  wanted(): Promise<void>;
  /** Ends with a text for which there is always room. */
  end(text: string): void;
  readonly isOver: boolean;
}

export function boundedText(mostBytes: number): BoundedText {
  let wanted = Promise.withResolvers<void>();
  let isOver = false;
  const over = () => {
    isOver = true;
    wanted.resolve();
  };
  const readable = new Readable({
    highWaterMark: Math.ceil(mostBytes / 2),
    read: () => wanted.resolve(),
    destroy(error, done) {
      over();
      done(error);
    },
  });
  return {
    readable,
    write(text) {
      if (isOver) return true;
      if (readable.readableLength + Buffer.byteLength(text) > mostBytes) return false;
      if (!readable.push(text)) wanted = Promise.withResolvers();
      return true;
    },
    wanted: () =>
      isOver || readable.readableLength < readable.readableHighWaterMark ? Promise.resolve() : wanted.promise,
    end(text) {
      if (isOver) return;
      readable.push(text);
      readable.push(null);
      over();
    },
    get isOver() {
      return isOver;
    },
  };
}
