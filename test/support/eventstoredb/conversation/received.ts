import { once } from 'node:events';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { streams } from '../stubs.ts';
import { readUuid } from '../uuid.ts';
import { failureOf } from './answers.ts';
import { labelOf } from './labelled-events.ts';

type RecordedEvent = ReadResp.ReadEvent.RecordedEvent;

/** One message, in a word: an event's label, `checkpoint`, `caught-up`, `last 3`, `NOT_FOUND: why`. */
export interface ReceivedItem {
  readonly word: string;
  readonly event?: RecordedEvent;
  readonly link?: RecordedEvent;
  /** Where the event or the checkpoint is. */
  readonly commit?: number;
  readonly prepare?: number;
}

const kinds = streams.ReadResp.ContentCase;

function itemOf(response: ReadResp): ReceivedItem {
  switch (response.getContentCase()) {
    case kinds.EVENT: {
      const [event, link] = [response.getEvent()?.getEvent(), response.getEvent()?.getLink()];
      const commit = Number(response.getEvent()?.getCommitPosition());
      const word = event ? labelOf(readUuid(event.getId())) : 'dangling link';
      return { word, commit, ...(event ? { event } : {}), ...(link ? { link } : {}) };
    }
    case kinds.CHECKPOINT: {
      const { commitPosition = '0', preparePosition = '0' } = response.getCheckpoint()?.toObject() ?? {};
      return { word: 'checkpoint', commit: Number(commitPosition), prepare: Number(preparePosition) };
    }
    case kinds.CONFIRMATION:
      return { word: 'confirmed' };
    case kinds.STREAM_NOT_FOUND:
      return { word: 'not-found' };
    case kinds.FIRST_STREAM_POSITION:
      return { word: `first ${response.getFirstStreamPosition()}` };
    case kinds.LAST_STREAM_POSITION:
      return { word: `last ${response.getLastStreamPosition()}` };
    case kinds.CAUGHT_UP:
      return { word: 'caught-up' };
    case kinds.FELL_BEHIND:
      return { word: 'fell-behind' };
    default:
      return { word: 'unknown message' };
  }
}

/** What a read or subscription has brought, in order. */
export class Received {
  readonly #call: ClientReadableStream<ReadResp>;
  readonly #items: ReceivedItem[] = [];
  #taken = 0;
  #ended = false;
  #wake = Promise.withResolvers<void>();

  constructor(call: ClientReadableStream<ReadResp>) {
    this.#call = call;
    call.on('data', (response: ReadResp) => this.#add(itemOf(response)));
    call.once('error', (error: ServiceError) => {
      const { code, details } = failureOf(error);
      this.#end({ word: `${code}: ${details}` });
    });
    call.once('end', () => setImmediate(() => this.#end({ word: 'complete' })));
  }

  #add(item: ReceivedItem): void {
    this.#items.push(item);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
  #end(item: ReceivedItem): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#add(item);
  }

  /** The next messages, up to the first that is one of `words` (inclusive), or to the end. */
  async until(...words: readonly string[]): Promise<readonly ReceivedItem[]> {
    for (let at = this.#taken; ; at += 1) {
      while (at >= this.#items.length) {
        if (this.#ended) return this.#take(at);
        await this.#wake.promise;
      }
      if (words.includes(this.#items[at]?.word ?? '')) return this.#take(at + 1);
    }
  }
  async wordsUntil(...words: readonly string[]): Promise<readonly string[]> {
    return (await this.until(...words)).map(({ word }) => word);
  }

  #take(end: number): readonly ReceivedItem[] {
    const items = this.#items.slice(this.#taken, end);
    this.#taken = end;
    return items;
  }

  /** Everything of a read; how it ended only where it failed. */
  async toTheEnd(): Promise<readonly ReceivedItem[]> {
    return (await this.until()).filter(({ word }) => word !== 'complete');
  }

  /** Stops taking anything in, so that the server has to wait. */
  pause(): void {
    this.#call.pause();
  }
  resume(): void {
    this.#call.resume();
  }
  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.#call, 'error');
    this.#call.cancel();
    await closed;
  }
}
