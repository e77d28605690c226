// Verifies a synthetic export offline, as an auditor would, with `bin/eventops audit verify`: how long, in how much memory.
//   node bench/verify-export.ts             1,000,000 transitions, about 1 GB in the folder for temporary files
//   node bench/verify-export.ts 100000      as many as given
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLine, EXPORT_FORMAT, endLine, headerLine } from '../src/application/audit-export/format.ts';
import { transitionLine } from '../src/application/audit-export/transition-line.ts';
import { hashOf } from '../src/application/envelope.ts';
import { deriveUuid } from '../src/application/event-identity.ts';
import type { RecordedTransition } from '../src/application/ports/event-log.ts';
import { formatCheckpoint } from '../src/application/transparency/checkpoints.ts';
import { formatEntry } from '../src/application/transparency/entries.ts';
import { createGrowingTree } from '../src/application/transparency/growing-tree.ts';
import { formatVerifierKey } from '../src/application/transparency/keys.ts';
import { makeRangeProof } from '../src/application/transparency/make-proofs.ts';
import { formatNote } from '../src/application/transparency/notes.ts';
import { signatureLine } from '../src/application/transparency/signatures.ts';
import { TILE_WIDTH, tilePath } from '../src/application/transparency/tile-names.ts';
import { readingTiles } from '../src/application/transparency/tiles.ts';
import { received, started, succeeded } from '../test/support/domain/transitions.ts';
import { sealedHistory } from '../test/support/sealed-history.ts';
import { logKey } from '../test/support/transparency/test-keys.ts';

const eventops = fileURLToPath(new URL('../bin/eventops', import.meta.url));
const size = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
const file = join(folder, 'export.ndjson');

/** Its names in order, as they are in every log. */
const actor = { clientId: 'shop', kind: 'principal', roles: ['operator'], subject: 'ada', tokenId: null } as const;

/** Histories of three transitions, of which the last come a thousand histories later. */
function* transitions(): Generator<RecordedTransition> {
  const waiting: RecordedTransition[] = [];
  for (let number = 0, made = 0; made < size; number++) {
    const id = deriveUuid('bench', String(number));
    const [first, ...rest] = sealedHistory([received(), started(), succeeded()], id, { actor });
    waiting.push(...rest);
    for (const next of [first, ...(waiting.length > 2_000 ? waiting.splice(0, 2) : [])]) {
      if (next === undefined || made >= size) continue;
      made += 1;
      yield next;
    }
  }
}

const entryOf = (recorded: RecordedTransition, index: number) =>
  formatEntry({ index, stream: recorded.stream, revision: Number(recorded.revision), hash: hashOf(recorded) });

async function writeExport(): Promise<void> {
  const tree = createGrowingTree();
  const tiles = new Map<string, Buffer>();
  const keepTiles = () => {
    for (const tile of tree.takeTiles()) if (tile.level !== 'entries') tiles.set(tilePath(tile), tile.bytes);
  };
  let index = 0;
  for (const recorded of transitions()) {
    tree.append(Buffer.from(entryOf(recorded, index)));
    index += 1;
    if (index % TILE_WIDTH === 0) keepTiles();
  }
  keepTiles();
  const text = formatCheckpoint({ origin: logKey.name, size, root: tree.root() });
  const checkpoint = formatNote(text, [signatureLine(logKey, text)]);
  const read = readingTiles(size, async (name) => tiles.get(tilePath(name)) ?? Buffer.of());

  const out = createWriteStream(file);
  const write = (lines: readonly string[]) =>
    new Promise<void>((resolve) => out.write(`${lines.join('\n')}\n`, () => resolve()));
  await write([
    headerLine({
      ...{ format: EXPORT_FORMAT, origin: logKey.name, filter: {}, from: 0, to: size, treeSize: size },
      ...{ payloads: true, checkpoint },
    }),
  ]);
  let bundle: RecordedTransition[] = [];
  let first = 0;
  const flush = async () => {
    const proof = await makeRangeProof({ from: first, to: first + bundle.length }, size, read);
    const entries = bundle.map((recorded, at) => entryOf(recorded, first + at));
    await write([
      bundleLine(entries, proof),
      ...bundle.map((recorded, at) => transitionLine(first + at, recorded, true)),
    ]);
    first += bundle.length;
    bundle = [];
  };
  for (const recorded of transitions()) {
    bundle.push(recorded);
    if (bundle.length === TILE_WIDTH) await flush();
  }
  if (bundle.length > 0) await flush();
  await write([endLine(size)]);
  await new Promise<void>((resolve) => out.end(() => resolve()));
}

const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1);

try {
  const began = performance.now();
  await writeExport();
  console.log(`written: ${size} transitions, ${Math.round(statSync(file).size / 1e6)} MB, in ${seconds(began)} s`);
  const measured = join(folder, 'measured.mjs');
  writeFileSync(
    measured,
    `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
     console.error(\`CPU \${((userCPUTime + systemCPUTime) / 1e6).toFixed(1)} s, memory at most \${Math.round(maxRSS / 1024)} MiB\`); });`,
  );
  const verifying = performance.now();
  const env = { ...process.env, NODE_OPTIONS: `--import ${measured}` };
  const command = ['audit', 'verify', file, '--key', formatVerifierKey(logKey)];
  process.stdout.write(execFileSync(eventops, command, { env, stdio: ['ignore', 'pipe', 'inherit'] }));
  console.log(`verified in ${seconds(verifying)} s`);
} finally {
  rmSync(folder, { recursive: true });
}
