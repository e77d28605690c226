import { NoAnswer } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { createExportWriter, type ExportWriter } from './export-writer.ts';
import { readLines } from './read-lines.ts';

/** Attempts in a row that bring nothing new. */
const MOST_ATTEMPTS = 5;
const PIECE_CHARACTERS = 65_536;

export interface ReceivedExport {
  readonly isCsv: boolean;
  /** The export, or with a cursor the rest of it. @throws {NoAnswer} @throws {CannotStart} it was refused. */
  ask(cursor: string | null): Promise<AsyncIterable<Uint8Array>>;
  write(text: string): Promise<unknown>;
  /** Before the rest is asked for. */
  pause(): Promise<unknown>;
}

/**
 * Writes an export as it comes. Where it breaks off, the rest is asked for, and joined to what was written.
 * @throws {CannotStart} it was refused, or nothing more of it comes.
 */
export async function receiveExport({ isCsv, ask, write, pause }: ReceivedExport): Promise<void> {
  const writer = createExportWriter(isCsv);
  let hasBegun = false;
  for (let attempt = 1; ; attempt += 1) {
    const before = writer.cursor();
    try {
      const answer = await ask(hasBegun ? before : null);
      hasBegun = true;
      await writeLines(answer, writer, write);
      if (writer.isWhole()) return;
    } catch (error) {
      const isOver = error instanceof CannotStart && !(error instanceof NoAnswer);
      if (isOver || !hasBegun) throw error;
      if (isCsv)
        throw new CannotStart('The export broke off, and a table says nothing to go on from: export it again', {
          cause: error,
        });
    }
    if (writer.cursor() !== before) attempt = 0;
    if (attempt >= MOST_ATTEMPTS)
      throw new CannotStart('The export broke off, and nothing more of it comes; ask again later');
    await pause();
  }
}

/** All that the writer has seen is written, also when the answer breaks off: the rest begins after it. */
async function writeLines(
  answer: AsyncIterable<Uint8Array>,
  writer: ExportWriter,
  write: ReceivedExport['write'],
): Promise<void> {
  let text = '';
  try {
    for await (const line of readLines(answer)) {
      text += writer.line(line);
      if (text.length < PIECE_CHARACTERS) continue;
      await write(text);
      text = '';
    }
  } finally {
    await write(text);
  }
}
