import { signedNote } from '../../../src/application/anchoring/signed-tree.ts';
import { exportLines } from '../../../src/application/audit-export/export-lines.ts';
import { type ExportRequest, makeExport } from '../../../src/application/audit-export/make-export.ts';
import { createExportVerifier, type ExportVerdict } from '../../../src/application/audit-export/verify-export.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import type { LogSegmentsReader } from '../../../src/application/ports/log-segments.ts';
import type { StreamHead, StreamHeads } from '../../../src/application/ports/stream-heads.ts';
import type { TreeStore } from '../../../src/application/ports/tree-store.ts';
import { type Policy, policyOfKey } from '../../../src/application/transparency/policies.ts';
import { verifyCheckpoint } from '../../../src/application/transparency/verify-checkpoint.ts';
import { manualClock } from '../api/manual-clock.ts';
import { createSegmentsInMemory } from '../segments-in-memory.ts';
import { logKey } from './test-keys.ts';

export const policy = policyOfKey(logKey);

interface Asked extends ExportRequest {
  readonly payloads?: boolean;
  readonly segments?: LogSegmentsReader;
}

/** The lines of an export, without their ends. */
export async function exported(log: EventLog, tree: TreeStore, asked: Asked = {}): Promise<readonly string[]> {
  const { payloads = true, segments = createSegmentsInMemory(), ...request } = asked;
  const note = await signedNote(tree);
  if (note === null) throw new Error('Nothing is signed');
  const made = await makeExport({ log, tree, segments, clock: manualClock() }, request, note);
  const lines: string[] = [];
  const showsData = ({ type }: { readonly type: string }) => payloads || type !== 'EventReceived';
  for await (const line of exportLines(made, { payloads, showsData })) lines.push(line.slice(0, -1));
  return lines;
}

interface Known {
  readonly policy?: Policy;
  /** Checkpoints that were kept. */
  readonly kept?: readonly string[];
  readonly heads?: StreamHeads;
}

function headsInMemory(): StreamHeads {
  const heads = new Map<string, StreamHead>();
  return {
    get: (stream) => heads.get(stream) ?? null,
    set: (stream, head) => void heads.set(stream, head),
    close() {},
  };
}

export function verified(lines: readonly string[], known: Known = {}): ExportVerdict {
  const { policy: trusted = policy, kept = [], heads = headsInMemory() } = known;
  const verifier = createExportVerifier(
    trusted,
    heads,
    kept.map((note) => verifyCheckpoint(note, policy)),
  );
  for (const line of lines) verifier.line(line);
  return verifier.end();
}

/** What of an export is wrong: the findings, or why nothing of it is believed. */
export function findingsIn(lines: readonly string[], known: Known = {}): readonly string[] {
  try {
    return verified(lines, known).findings;
  } catch (error) {
    if (!(error instanceof Error) || !['Malformed', 'NotTrusted'].includes(error.name)) throw error;
    return [error.message];
  }
}
