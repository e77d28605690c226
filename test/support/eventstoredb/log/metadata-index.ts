import type { LogRecord } from './record.ts';
import { dataOf } from './recorded-event.ts';
import { isMetastream } from './stream-index.ts';
import {
  METASTREAM_METADATA,
  NO_METADATA,
  readMetadata,
  type StreamMetadata,
  withTruncateBefore,
} from './stream-metadata.ts';

/** The newest metadata of each stream that has some, in memory: few streams have. */
export class MetadataIndex {
  readonly #texts = new Map<string, { readonly json: string; readonly metadata: StreamMetadata }>();

  of(stream: string): StreamMetadata {
    return isMetastream(stream) ? METASTREAM_METADATA : (this.#texts.get(stream)?.metadata ?? NO_METADATA);
  }

  /** Takes in an event of the metadata stream of `stream`. */
  take(stream: string, record: LogRecord): void {
    if (record.kind === 'tombstone') {
      this.#texts.delete(stream);
      return;
    }
    const json = dataOf(record.message);
    this.#texts.set(stream, { json, metadata: record.isJson ? readMetadata(json) : NO_METADATA });
  }

  /** The metadata that lets a deleted stream go on at `firstRevision`; nothing where there is none to change. */
  reopened(stream: string, firstRevision: number): string | undefined {
    const text = this.#texts.get(stream);
    return text && withTruncateBefore(text.json, firstRevision);
  }

  clear(): void {
    this.#texts.clear();
  }
}
