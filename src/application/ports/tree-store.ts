import type { AuditTreeState } from '../../domain/audit-tree/state.ts';
import type { TileName } from '../transparency/tile-names.ts';
import type { Checkpoint } from './event-log.ts';

export interface Tile extends TileName {
  readonly bytes: Buffer;
}

/** The end of the history of signed checkpoints. */
export interface LastSigned {
  readonly checkpoint: AuditTreeState;
  readonly revision: number;
  readonly headId: string | null;
  readonly headHash: string;
  /** Of witnesses, each a line that ends in a newline. Absent before the first. */
  readonly cosignatures?: readonly string[];
}

/** How far the tree goes. Plain JSON, kept over versions of this program. */
export interface TreeState {
  readonly size: number;
  /** In base64. */
  readonly rootHash: string;
  /** The position in the log after the last leaf. */
  readonly logCheckpoint: Checkpoint;
  /** As it was known last; `null` before the first. */
  readonly signed: LastSigned | null;
}

export interface TreeReader {
  /** A tile as it was written; `null` when there is none. @throws {AuditTreeUnavailable} */
  read(name: TileName): Promise<Buffer | null>;
  /** `null` before the first. @throws {AuditTreeUnavailable} */
  state(): Promise<TreeState | null>;
}

/** Where the tiles of one tree are kept, with how far it goes. All of it can be computed again from the log. */
export interface TreeStore extends TreeReader {
  /**
   * Keeps tiles durably, in place of any that have their names: those beyond the state are of no tree yet.
   * @throws {AuditTreeUnavailable} then some of them may have been written.
   */
  write(tiles: readonly Tile[]): Promise<void>;
  /**
   * Replaces the state durably, if it is still `from` and the lease is still held.
   * @throws {ConcurrencyConflict} @throws {AuditTreeUnavailable}
   */
  commit(from: TreeState | null, to: TreeState): Promise<void>;
  /** Deletes the partial tiles of a tile that is full by now. @throws {AuditTreeUnavailable} */
  deletePartials(tiles: readonly TileName[]): Promise<void>;
}
