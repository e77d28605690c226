import { apiKeyAggregate } from '../../domain/api-key/aggregate.ts';
import { type ApiKeyState, isLive } from '../../domain/api-key/state.ts';
import { createChainCheck } from '../envelope.ts';
import { UndecodableTransition } from '../failures.ts';
import { advance, type Loaded, noHistory } from '../load.ts';
import type { RecordedTransition } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';

export interface KnownApiKey extends ApiKeyState {
  readonly id: string;
  readonly createdAt: string;
  /** Of the last transition in its history. */
  readonly revision: number;
}

/** The keys of a log, as far as its transitions were handed over. */
export interface KeyRing {
  /** The next transition of a key, in the log's order. Never throws: one key that cannot be read must not hide another's end. */
  add(recorded: RecordedTransition, now: string): void;
  get(id: string): KnownApiKey | null;
  withDigest(keySha256: string): KnownApiKey | null;
  /** In the order of creation. */
  all(): Iterable<KnownApiKey>;
}

interface KeyRingOptions {
  /** Called with the stream of a key whose history is not what was written. */
  readonly reportBroken: (stream: string) => void;
  readonly logger: Logger;
  /** Keys that are kept at most, of those that have ended the latest. Those that are live are all kept. */
  readonly remembered: number;
}

interface Entry {
  readonly isUnbrokenUpTo: (recorded: RecordedTransition) => boolean;
  loaded: Loaded<ApiKeyState>;
  /** `null` for one whose history is damaged, or says what this version cannot read: it lets no request in. */
  key: KnownApiKey | null;
}

export function createKeyRing({ reportBroken, logger, remembered }: KeyRingOptions): KeyRing {
  const entries = new Map<string, Entry>();
  const ids = new Map<string, string>();
  const get = (id: string) => entries.get(id)?.key ?? null;

  function read(entry: Entry, id: string, recorded: RecordedTransition): KnownApiKey | null {
    if (!entry.isUnbrokenUpTo(recorded)) {
      reportBroken(recorded.stream);
      return null;
    }
    try {
      entry.loaded = advance(apiKeyAggregate, entry.loaded, recorded);
    } catch (error) {
      if (error instanceof UndecodableTransition)
        logger.error(
          { err: error, stream: recorded.stream },
          'an API key is refused: a version that reads it is needed',
        );
      else reportBroken(recorded.stream);
      return null;
    }
    const { state, createdAt, revision } = entry.loaded;
    return state === null || createdAt === null ? null : { ...state, id, createdAt, revision };
  }

  /** The oldest of those that have ended, for as long as there are too many. */
  function forget(now: string): void {
    for (const [id, { key, loaded }] of entries) {
      if (entries.size <= remembered) return;
      if (key !== null && isLive(key, now)) continue;
      entries.delete(id);
      if (loaded.state !== null) ids.delete(loaded.state.created.keySha256);
    }
  }

  return {
    add(recorded, now) {
      const id = recorded.stream.slice(apiKeyAggregate.streamPrefix.length);
      const known = entries.get(id);
      // Of one that was forgotten, or that has no beginning.
      if (known === undefined && recorded.revision !== 0n) return;
      const entry = known ?? { isUnbrokenUpTo: createChainCheck(), loaded: noHistory, key: null };
      entry.key = known !== undefined && known.key === null ? null : read(entry, id, recorded);
      entries.set(id, entry);
      if (entry.key !== null) ids.set(entry.key.created.keySha256, id);
      forget(now);
    },
    get,
    withDigest(keySha256) {
      const id = ids.get(keySha256);
      return id === undefined ? null : get(id);
    },
    *all() {
      for (const { key } of entries.values()) if (key !== null) yield key;
    },
  };
}
