import type { Anchor } from '../../../src/application/anchoring/anchor.ts';
import { anchoredPrefixes, createAnchor } from '../../../src/application/anchoring/anchor.ts';
import { AuditTreeUnavailable } from '../../../src/application/failures.ts';
import type { AppendRequest, EventLog } from '../../../src/application/ports/event-log.ts';
import type { TreeStore } from '../../../src/application/ports/tree-store.ts';
import type { AuditTreeState } from '../../../src/domain/audit-tree/state.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { appendHistories, entriesOf } from '../transparency/anchored-log.ts';
import { plainRoot } from '../transparency/plain-tree.ts';
import { logKey } from '../transparency/test-keys.ts';
import { createTreeInMemory } from '../transparency/tree-in-memory.ts';
import { choosing, createSeededRandom } from '../worker/seeded-random.ts';
import { silentLogger } from '../worker/silent-logger.ts';

const STEPS = 50;

/** What may happen at the next call of its kind. */
type StoreFault =
  | 'write fails halfway'
  | 'write flips a bit'
  | 'read flips a bit'
  | 'commit fails'
  | 'commit is not answered';
type LogFault = 'append is not answered' | 'append is lost';
const storeFaults: readonly StoreFault[] = [
  ...([
    'write fails halfway',
    'write flips a bit',
    'read flips a bit',
    'commit fails',
    'commit is not answered',
  ] as const),
];
const logFaults: readonly LogFault[] = ['append is not answered', 'append is lost'];

export interface AnchoringOutcome {
  readonly breaches: readonly string[];
  readonly happened: ReadonlySet<string>;
  /** Checkpoints that were signed, whether or not they reached the log. */
  readonly signed: number;
}

/** Two owners who know nothing of each other anchor one log while all kinds of things happen to it and to the tree. */
export async function liveAnchoring(seed: number): Promise<AnchoringOutcome> {
  const random = createSeededRandom(seed);
  const { below, pick } = choosing(random);
  const log = createInMemoryLog('simulated');
  const tree = createTreeInMemory();
  const breaches: string[] = [];
  const happened = new Set<string>();
  const signed: { readonly checkpoint: AuditTreeState; readonly entries: readonly string[] }[] = [];
  let due: StoreFault | LogFault | null = null;
  /** What was in the log each time before it was put back. */
  const before: (readonly Buffer[])[] = [];
  let histories = 0;

  const isDue = (fault: StoreFault | LogFault): boolean => {
    if (due !== fault) return false;
    due = null;
    happened.add(fault);
    return true;
  };
  const flipped = (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const at = below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
    return changed;
  };

  /** Whatever was signed before and is signed now has to be of one log. */
  function look({ transitions: [transition] }: AppendRequest): void {
    if (transition?.type !== 'AuditCheckpointSigned') return;
    const checkpoint = JSON.parse(transition.data) as AuditTreeState;
    // An owner may not have heard yet that the log was put back: then it signs what the log was.
    const entries = [entriesOf(log.all), ...before].find(
      (all) =>
        all.length >= checkpoint.size &&
        plainRoot(all.slice(0, checkpoint.size)).toString('base64') === checkpoint.rootHash,
    );
    if (entries === undefined)
      return void breaches.push(`${checkpoint.size} leaves were signed with a root that the log never had`);
    const texts = entries.slice(0, checkpoint.size).map(String);
    for (const earlier of signed) {
      const both = Math.min(earlier.entries.length, texts.length);
      if (earlier.entries.slice(0, both).join('\n') !== texts.slice(0, both).join('\n'))
        breaches.push(`checkpoints of ${earlier.checkpoint.size} and ${checkpoint.size} leaves contradict each other`);
    }
    signed.push({ checkpoint, entries: texts });
  }

  const faultyLog: EventLog = {
    ...log,
    async append(request) {
      look(request);
      if (isDue('append is lost')) return { kind: 'unknown', message: 'lost' };
      const outcome = await log.append(request);
      return isDue('append is not answered') ? { kind: 'unknown', message: 'not answered' } : outcome;
    },
  };
  const store: TreeStore = {
    ...tree,
    async read(name) {
      const bytes = await tree.read(name);
      return bytes !== null && isDue('read flips a bit') ? flipped(bytes) : bytes;
    },
    async write(tiles) {
      if (isDue('write fails halfway')) {
        await tree.write(tiles.slice(0, below(tiles.length)));
        throw new AuditTreeUnavailable('The disk is full');
      }
      const victim = tiles.length > 0 && isDue('write flips a bit') ? below(tiles.length) : -1;
      await tree.write(tiles.map((tile, at) => (at === victim ? { ...tile, bytes: flipped(tile.bytes) } : tile)));
    },
    async commit(from, to) {
      if (isDue('commit fails')) throw new AuditTreeUnavailable('The disk is full');
      await tree.commit(from, to);
      if (isDue('commit is not answered')) throw new AuditTreeUnavailable('No answer');
    },
  };

  const clock = { now: () => 0, monotonicMs: () => 0, sleep: async () => {} };
  const newAnchor = () =>
    createAnchor({
      ...{ log: faultyLog, store, key: logKey, clock, random, logger: silentLogger },
      maxWaitingLeaves: 1 + below(400),
    });
  const anchors = [newAnchor(), newAnchor()];

  const follow = async (anchor: Anchor) => {
    const from = await anchor.load();
    for await (const message of log.subscribeAll(from, {
      streamPrefixes: anchoredPrefixes,
      maxBatch: 1 + below(200),
    })) {
      if (message.kind === 'caught-up') break;
      await anchor.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
    }
    await anchor.caughtUp?.();
  };
  /** An anchor that fails says why, and is loaded again. */
  const attempt = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    );

  let kept = { tiles: new Map(tree.tiles), state: await tree.state() };
  const acts: Readonly<Record<string, () => unknown>> = {
    follow: () => attempt(follow(pick(anchors))),
    sign: () => attempt(pick(anchors).sign()),
    compare: () => attempt(pick(anchors).compare()),
    append: async () => {
      const more = 1 + below(40);
      await appendHistories(log, histories, histories + more);
      histories += more;
    },
    'killed and started': () => void (anchors[below(2)] = newAnchor()),
    'a fault is due': () => void (due = pick([...storeFaults, ...logFaults])),
    'bit rot': () => {
      const path = pick([...tree.tiles.keys()]);
      const bytes = tree.tiles.get(path);
      if (bytes !== undefined) tree.tiles.set(path, flipped(bytes));
    },
  };
  const pastOfTree: typeof acts = {
    'tree is kept': async () => void (kept = { tiles: new Map(tree.tiles), state: await tree.state() }),
    'tree restored': () => {
      tree.tiles.clear();
      for (const [path, bytes] of kept.tiles) tree.tiles.set(path, bytes);
      tree.setState(kept.state);
    },
    'state lost': () => tree.setState(null),
    'tiles lost': () => tree.tiles.clear(),
  };
  // Who puts back the log and loses the tree, too, leaves nothing to notice it by: docs/audit.md says so.
  const pastOfLog: typeof acts = {
    'log restored': () => {
      before.unshift(entriesOf(log.all));
      log.restore(Math.floor(log.all.length * random.fraction()));
    },
  };
  const isOfLog = random.fraction() < 0.3;
  const usual = Object.entries(acts);
  const rare = Object.entries(isOfLog ? pastOfLog : pastOfTree);
  const often = usual.filter(([name]) => name === 'follow' || name === 'sign' || name === 'append');

  for (let step = 0; step < STEPS; step += 1) {
    const [name, act] = pick(pick([often, often, usual, usual, rare]));
    happened.add(name);
    await act();
  }
  due = null;
  if (!isOfLog) await goesOn();
  return { breaches, happened, signed: signed.length };

  /** Nothing that happened to the tree is the end of it: the log has all of it. */
  async function goesOn(): Promise<void> {
    const last = newAnchor();
    for (let tries = 0; tries < 3; tries += 1) if ((await attempt(follow(last))) && (await attempt(last.sign()))) break;
    const size = (await tree.state())?.signed?.checkpoint.size ?? 0;
    const all = entriesOf(log.all).length;
    if (size !== all) breaches.push(`${size} leaves are signed in the end, and the log has ${all}`);
  }
}
