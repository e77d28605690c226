import type { Readable } from 'node:stream';

export interface LiveMessage {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** Reads server-sent events one at a time, as a browser would. */
export function liveMessages(chunks: AsyncIterable<Uint8Array | string> | Readable) {
  const messages = read(chunks);
  return {
    async next(): Promise<LiveMessage | null> {
      const next = await messages.next();
      return next.done === true ? null : next.value;
    },
    /** The next so many, without their names. */
    async take(count: number): Promise<LiveMessage[]> {
      const taken: LiveMessage[] = [];
      while (taken.length < count) {
        const message = await messages.next();
        if (message.done === true) throw new Error(`the stream ended after ${taken.length}`);
        taken.push(message.value);
      }
      return taken;
    },
  };
}

async function* read(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<LiveMessage> {
  const decoder = new TextDecoder();
  let text = '';
  let id = '';
  for await (const chunk of chunks) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(text.slice(0, end).split('\n').map(fieldOf));
      text = text.slice(end + 2);
      id = fields.get('id') ?? id;
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', id, data };
    }
  }
}

function fieldOf(line: string): readonly [string, string] {
  const at = line.indexOf(': ');
  return [line.slice(0, at), line.slice(at + 2)];
}
