import { unseal } from '../envelope.ts';
import type { RecordedTransition } from '../ports/event-log.ts';
import type { Exported } from './make-export.ts';

const columns = [
  ...['leaf', 'stream', 'revision', 'recordedAt', 'type', 'actorKind', 'actor', 'clientId', 'address'],
  ...['correlationId', 'causationId', 'requestId', 'id', 'hash', 'data'],
] as const;

/** What a program for tables could take for a formula: OWASP, CSV injection. Also behind spaces, and in full width. */
const FORMULA = /^\s*[=+\-@＝＋－＠]/u;
/** A cell is one line, so that a row is, and nothing in it moves the cursor of a terminal. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

type Cell = string | number | bigint | null | undefined;

/** A cell that is read as text by whatever opens it. */
export function csvCell(value: Cell): string {
  const text = String(value ?? '').replaceAll(CONTROL, '\uFFFD');
  return `"${FORMULA.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;
}

/** Transitions as CSV (RFC 4180), for people. It proves nothing: what may not be shown, or is not readable, is left out. */
export async function* csvLines(
  content: AsyncIterable<Exported>,
  showsData: (recorded: RecordedTransition) => boolean,
): AsyncGenerator<string> {
  yield row(columns);
  for await (const exported of content)
    if (exported.kind === 'transition') yield row(cellsOf(exported.leaf, exported.recorded, showsData));
}

const row = (cells: readonly Cell[]) => `${cells.map(csvCell).join()}\r\n`;

function cellsOf(
  leaf: number | null,
  recorded: RecordedTransition,
  showsData: (recorded: RecordedTransition) => boolean,
): readonly Cell[] {
  const { stream, revision, recordedAt, type, id } = recorded;
  const { actor, hash, ...envelope } = envelopeOf(recorded);
  const who = actor?.kind === 'principal' ? actor.subject : actor?.process;
  return [
    ...[leaf, stream, revision, recordedAt, type, actor?.kind, who],
    ...[actor?.kind === 'principal' ? actor.clientId : null, envelope.address],
    ...[envelope.correlationId, envelope.causationId, envelope.requestId, id, hash],
    showsData(recorded) ? recorded.data : null,
  ];
}

/** Nothing of one that is not as it was written. */
function envelopeOf(recorded: RecordedTransition): Partial<ReturnType<typeof unseal>['envelope'] & { hash: string }> {
  try {
    const { envelope, hash } = unseal(recorded);
    return { ...envelope, hash };
  } catch {
    return {};
  }
}
