import { auditTreeAggregate } from '../../domain/audit-tree/aggregate.ts';
import type { AuditTreeState } from '../../domain/audit-tree/state.ts';
import { aggregates } from '../aggregates.ts';
import { verifiedHashOf } from '../envelope.ts';
import { ConcurrencyConflict, HistoryBroken } from '../failures.ts';
import { handleCommand } from '../handle-command.ts';
import type { Clock } from '../ports/clock.ts';
import type { Checkpoint, EventLog, RecordedTransition } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { LastSigned, TreeState, TreeStore } from '../ports/tree-store.ts';
import type { Subscriber } from '../run-subscription.ts';
import { formatCheckpoint } from '../transparency/checkpoints.ts';
import { formatEntry } from '../transparency/entries.ts';
import { createGrowingTree, type GrowingTree } from '../transparency/growing-tree.ts';
import type { SigningKey } from '../transparency/keys.ts';
import { formatNote } from '../transparency/notes.ts';
import { signatureLine } from '../transparency/signatures.ts';
import { TILE_WIDTH, type TileName } from '../transparency/tile-names.ts';
import { hashesAt } from '../transparency/tiles.ts';
import { compareWithLog } from './compare-with-log.ts';
import { AuditTreeDamaged, LogContradictsAudit } from './failures.ts';
import { readEntries, restoreTree } from './restore-tree.ts';
import { rootOfStored } from './root-of-stored.ts';
import { auditTreeIdOf, lastSigned, lastSignedIn, loadedFrom } from './signed-checkpoints.ts';

/** Everything that has a history, but for the tree's own: with that it would never come to rest. */
export const anchoredPrefixes: readonly string[] = aggregates
  .map(({ streamPrefix }) => streamPrefix)
  .filter((prefix) => prefix !== auditTreeAggregate.streamPrefix);

/** Leaves that wait in memory for the next checkpoint. With so many it comes at once. */
const MAX_WAITING_LEAVES = 16_384;

export interface AnchorOptions {
  readonly log: EventLog;
  readonly store: TreeStore;
  /** Its name is the origin of the checkpoints. */
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Called with each checkpoint that was signed. */
  readonly onSigned?: ((signed: AuditTreeState) => void) | undefined;
  readonly maxWaitingLeaves?: number;
}

export interface Anchor extends Subscriber {
  /** Signs what is new, if anything is. @throws what stood in the way; then all is loaded again before the next attempt. */
  sign(): Promise<void>;
  /** Holds a random bundle of the tree against the log. @throws as `sign` */
  compare(): Promise<void>;
  /** What was signed last; `null` before the first, and while all is to be loaded again. */
  signed(): LastSigned | null;
  /** Keeps a witness's line with the checkpoint of that size, unless a larger one was signed since. @throws as `sign` */
  keepCosignature(size: number, line: string): Promise<void>;
}

/**
 * Adds a leaf to the tree for each transition, in the log's order, and signs how large it is. Nothing is signed that was not
 * stored, read back and computed again, and nothing that contradicts what was signed before.
 */
export function createAnchor(options: AnchorOptions): Anchor {
  const { log, store, key, clock, random, logger, onSigned, maxWaitingLeaves = MAX_WAITING_LEAVES } = options;
  const origin = key.name;
  let state: TreeState | null = null;
  let signed: LastSigned | null = null;
  let tree: GrowingTree = createGrowingTree();
  /** Leaves whose tiles are stored, and were computed from what is stored. */
  let kept = 0;
  /** What a tree that is computed again from the log has to come to. */
  let goal: { readonly size: number; readonly rootHash: string } | null = null;
  let position: Checkpoint | null = null;
  /** After a subscription begins, what it may deliver although it was handled before. */
  let handledBefore = new Set<string>();
  let isUsable = false;
  /** An attempt that failed may have left partial tiles of any size. */
  let mayHaveLeftPartials = true;
  let working: Promise<unknown> = Promise.resolve();

  /** One at a time; after a failure what is in memory is of no use any more. */
  function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = working.then(work).catch((error: unknown) => {
      isUsable = false;
      throw error;
    });
    working = next.catch(() => {});
    return next;
  }

  async function load(): Promise<Checkpoint | null> {
    const stored = await store.state();
    const known = await lastSigned(log, origin, stored?.signed ?? null);
    const restored = stored && (await restoreTree(stored, store).catch(recompute));
    if (restored !== null) await compareWithLog(restored.lastEntries, log);
    state = stored;
    signed = known;
    tree = restored?.tree ?? createGrowingTree();
    kept = tree.size();
    position = restored === null ? null : (stored?.logCheckpoint ?? null);
    handledBefore = new Set(restored?.lastEntries.map((entry) => `${entry.stream} ${entry.revision}`));
    goal = largest(known?.checkpoint ?? null, stored);
    requireGoal();
    isUsable = true;
    mayHaveLeftPartials = true;
    if (restored !== null) await publish();
    return position;
  }

  function recompute(error: unknown): null {
    if (!(error instanceof AuditTreeDamaged)) throw error;
    logger.warn({ err: error }, 'the audit tree is computed again from the log, and has to come to what was signed');
    return null;
  }

  /** @throws {LogContradictsAudit} when the tree is as large as the goal and another one. */
  function requireGoal(): void {
    if (goal?.size !== tree.size()) return;
    const rootHash = tree.root().toString('base64');
    if (rootHash === goal.rootHash) return;
    throw new LogContradictsAudit(
      `The first ${goal.size} transitions in the log have the root ${rootHash}, and ${goal.rootHash} was anchored; the log was changed or restored, and no checkpoint is signed until it is what it was`,
    );
  }

  async function add(transitions: readonly RecordedTransition[], checkpoint: Checkpoint): Promise<void> {
    if (!isUsable) throw new AuditTreeDamaged('The audit tree is loaded again after a failure');
    for (const recorded of transitions) {
      const { stream, revision } = recorded;
      if (handledBefore.size > 0 && handledBefore.has(`${stream} ${revision}`)) continue;
      const hash = verifiedHashOf(recorded);
      if (hash === null) throw new HistoryBroken(stream);
      const entry = { index: tree.size(), stream, revision: Number(revision), hash };
      tree.append(Buffer.from(formatEntry(entry)));
      requireGoal();
    }
    position = checkpoint;
    if (tree.size() - kept >= maxWaitingLeaves) await sign();
  }

  async function sign(): Promise<void> {
    if (!isUsable || position === null || tree.size() === kept) return;
    const size = tree.size();
    const tiles = tree.takeTiles();
    await store.write(tiles);
    const rootHash = tree.root().toString('base64');
    const computed = await rootOfStored(kept, size, store);
    if (computed.toString('base64') !== rootHash)
      throw new AuditTreeDamaged(`The root of ${size} leaves differs between what is stored and what was computed`);
    await commit({ size, rootHash, logCheckpoint: position, signed });
    const full = tiles.filter(({ width }) => width === TILE_WIDTH);
    await store.deletePartials(mayHaveLeftPartials ? full : full.filter((name) => wasBegunBy(kept, name)));
    [kept, mayHaveLeftPartials] = [size, false];
    await publish();
  }

  async function commit(next: TreeState): Promise<void> {
    await store.commit(state, next);
    state = next;
  }

  /** Signs the state, which is stored by now, unless it was or more was. Then keeps what was signed last. */
  async function publish(): Promise<void> {
    if (state === null) return;
    if (state.size > (signed?.checkpoint.size ?? 0)) await signState(state);
    if (state.signed?.revision !== signed?.revision) await commit({ ...state, signed });
  }

  async function signState({ size, rootHash }: TreeState): Promise<void> {
    const text = formatCheckpoint({ origin, size, root: Buffer.from(rootHash, 'base64') });
    const checkpoint = { note: formatNote(text, [signatureLine(key, text)]), origin, rootHash, size };
    const result = await handleCommand(
      auditTreeAggregate,
      { log, clock, random },
      {
        id: auditTreeIdOf(origin),
        command: { kind: 'SignAuditCheckpoint', checkpoint },
        context: { actor: { kind: 'process', process: 'anchor' } },
        known: loadedFrom(signed),
      },
    );
    // Loaded again, it is seen whether what the other signed begins with this.
    if (!result.ok)
      throw new ConcurrencyConflict(
        `A checkpoint of ${result.rejection.signed.size} transitions was signed by another process while one of ${size} was made`,
      );
    signed = lastSignedIn(result.current);
    onSigned?.(checkpoint);
  }

  async function compare(): Promise<void> {
    if (!isUsable || state === null) return;
    const bundle = Math.floor(random.fraction() * Math.ceil(state.size / TILE_WIDTH));
    await compareWithLog(await readEntries(bundle * TILE_WIDTH, state.size, store), log);
  }

  async function keepCosignature(size: number, line: string): Promise<void> {
    if (!isUsable || state === null || signed?.checkpoint.size !== size) return;
    const cosigned = { ...signed, cosignatures: [...(signed.cosignatures ?? []), line] };
    await commit({ ...state, signed: cosigned });
    signed = cosigned;
  }

  return {
    name: 'anchor',
    load: () => exclusively(load),
    handle: (transitions, checkpoint) => exclusively(() => add(transitions, checkpoint)),
    caughtUp: () =>
      exclusively(async () => {
        handledBefore.clear();
        if (goal !== null && tree.size() < goal.size)
          throw new LogContradictsAudit(
            `The log has ${tree.size()} transitions, and ${goal.size} were anchored; it was cut off or restored, and no checkpoint is signed until it is what it was`,
          );
      }),
    isCheckpointUnmoved: async () => isUsable,
    sign: () => exclusively(sign),
    compare: () => exclusively(compare),
    signed: () => (isUsable ? signed : null),
    keepCosignature: (size, line) => exclusively(() => keepCosignature(size, line)),
  };
}

/** Whether a tree of `size` leaves had a part of a tile. */
function wasBegunBy(size: number, { level, index }: TileName): boolean {
  const hashes = hashesAt(level === 'entries' ? 0 : level, size);
  return hashes > index * TILE_WIDTH;
}

function largest(signed: AuditTreeState | null, stored: TreeState | null) {
  if (signed === null || stored === null) return signed ?? stored;
  if (signed.size === stored.size && signed.rootHash !== stored.rootHash)
    throw new LogContradictsAudit(
      `${signed.size} transitions were signed with the root ${signed.rootHash} and stored with ${stored.rootHash}: the log or the tiles were changed or restored`,
    );
  return signed.size > stored.size ? signed : stored;
}
