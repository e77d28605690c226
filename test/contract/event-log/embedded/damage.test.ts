import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIndexChecks, type IndexPlace } from '../../../../src/adapters/embedded-log/database/check-indexes.ts';
import { DamageFound } from '../../../../src/adapters/embedded-log/database/damage-found.ts';
import type { EmbeddedLogOptions } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { LogDamaged } from '../../../../src/application/failures.ts';
import type { RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import { createEmbeddedPlace, type EmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { readLog } from '../../../support/event-log/follow.ts';
import { fill, kindOf, request } from '../../../support/event-log/transitions.ts';
import { createRecordingLogger } from '../../../support/worker/recording-logger.ts';

const PAGE_BYTES = 4_096;
/** More than are read whenever a log is opened. */
const MANY = 2_500;
const NEVER = { pauseMs: 1e9 };

async function closedLog(length: number): Promise<{ place: EmbeddedPlace; written: readonly RecordedTransition[] }> {
  const place = createEmbeddedPlace();
  onTestFinished(() => place.destroy());
  const log = await place.open();
  await fill(log, length, { data: JSON.stringify('x'.repeat(500)) });
  const written = await readLog(log);
  await log.close();
  return { place, written };
}

const offsetsOf = (path: string, text: string) => {
  const [bytes, offsets]: [Buffer, number[]] = [readFileSync(path), []];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) offsets.push(at);
  return offsets;
};

function change(path: string, act: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  act(bytes);
  writeFileSync(path, bytes);
}

/** Overwrites the page of the table where the transition is. */
const damagePageOf = (path: string, { id }: RecordedTransition) =>
  change(path, (bytes) => {
    for (const offset of offsetsOf(path, id)) {
      const page = Math.floor(offset / PAGE_BYTES) * PAGE_BYTES;
      bytes.fill(0, page, page + PAGE_BYTES);
    }
  });

async function openDamaged(given: Partial<EmbeddedLogOptions> = {}) {
  const { place, written } = await closedLog(MANY);
  const [victim] = written.slice(100);
  if (victim === undefined) throw new Error('There is nothing to damage');
  damagePageOf(place.path, victim);
  const logger = createRecordingLogger();
  const log = await place.open({ limits: NEVER, logger, ...given });
  return { log, victim, logger, path: place.path };
}

describe('a damaged embedded log', () => {
  it('is refused when a stream is not found by its name, wherever the name was changed', async () => {
    const { place, written } = await closedLog(20);
    const original = readFileSync(place.path);
    const name = written[7]?.stream ?? '';
    const offsets = offsetsOf(place.path, name);
    expect(offsets).toHaveLength(2);
    for (const offset of offsets) {
      writeFileSync(place.path, original);
      change(place.path, (bytes) => bytes.writeUInt8(bytes.readUInt8(offset + 20) ^ 1, offset + 20));
      await expect(place.open()).rejects.toMatchObject({ problem: 'damaged' });
    }
    writeFileSync(place.path, original);
  });

  it.each([1, 2, 3, 1_000])('is found out in pieces of %i rows, whatever row its index does not find', async (rows) => {
    const { place, written } = await closedLog(12);
    const original = readFileSync(place.path);
    const found = (): number => {
      const database = new DatabaseSync(place.path, { readOnly: true });
      const { checkIndexes } = createIndexChecks(database);
      let pieces = 0;
      try {
        for (let next: IndexPlace | null = { table: 'streams', after: 0 }; next !== null; pieces++)
          next = checkIndexes({ from: next, rows });
        return pieces;
      } finally {
        database.close();
      }
    };
    expect(found()).toBe(
      Math.ceil(written.length / rows) + Math.ceil(new Set(written.map((each) => each.stream)).size / rows),
    );
    for (const { stream } of written) {
      writeFileSync(place.path, original);
      const [offset = 0] = offsetsOf(place.path, stream);
      change(place.path, (bytes) => bytes.writeUInt8(bytes.readUInt8(offset + 20) ^ 1, offset + 20));
      expect(found).toThrow(DamageFound);
    }
    writeFileSync(place.path, original);
  });

  it('says so to whoever meets the damage, and that sending again does not help', async () => {
    const { log, victim, path } = await openDamaged();
    const failure = await log.readStream(victim.stream).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LogDamaged);
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining(`${path} is damaged`) });
  });

  it('takes no more appends then, and has no head', async () => {
    const { log, victim, logger } = await openDamaged();
    expect(kindOf(await log.append(request()))).toBe('appended');
    await log.readStream(victim.stream).catch(() => undefined);
    expect(kindOf(await log.append(request()))).toBe('refused: damaged');
    await expect(log.head()).rejects.toThrow('restore the log from its backup');
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is found out while it is open, also when nothing of the damage is asked for', async () => {
    const found = Promise.withResolvers<void>();
    const logger = { ...createRecordingLogger(), error: () => found.resolve() };
    const { log } = await openDamaged({ limits: { pieceRows: 100, pauseMs: 0 }, logger });
    await found.promise;
    expect(kindOf(await log.append(request()))).toBe('refused: damaged');
  });
});
