import { readLines } from '../read-lines.ts';

export interface ServerSentEvent {
  readonly event: string;
  /** Where to go on behind it. */
  readonly id: string | null;
  readonly data: string;
}

/** As a server sends them, also those without data: they move where to go on from. */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let fields = new Map<string, string>();
  for await (const line of readLines(chunks)) {
    if (line !== '') {
      const at = line.indexOf(':');
      if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ''));
      continue;
    }
    const [event = 'message', id = null, data] = ['event', 'id', 'data'].map((name) => fields.get(name));
    yield { event: data === undefined ? 'heartbeat' : event, id, data: data ?? '' };
    fields = new Map();
  }
}
