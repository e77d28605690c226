import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid, streamOf } from '../../../src/application/event-identity.ts';
import { groupOf } from '../../../src/application/failure-groups/identity.ts';
import { localEmbeddings } from '../../../src/application/similar/local-embeddings.ts';
import { termList } from '../../../src/application/similar/terms.ts';
import { findSimilar, type SimilarLimits } from '../../../src/projections/similar/queries.ts';
import { readTablesOfThisFile } from '../../support/api/read-tables.ts';
import { deadLettered, failed, moment, received, started } from '../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { sealedHistory } from '../../support/sealed-history.ts';
import { failureOf, indexTexts } from '../../support/similar/labelled-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
/** One thing in the words of four libraries; the first of them from four places in the code. */
const texts = [
  'Error: connect ECONNREFUSED',
  'DatabaseError: the database refused to connect',
  'StoreException: connection refused by the store',
  'SocketError: connection refused',
] as const;
const places = ['ship', 'bill', 'pack', 'call'] as const;
const failureIn = (text: string, place: string) => ({
  ...failureOf(text),
  stack: `Error\n    at ${place} (/srv/app/src/${place}.ts:1:1)`,
});
const idOf = (text: string, place: string) => deriveUuid('limits', text, place);
const groupIn = (place: string) => groupOf('order.placed', failureIn(texts[0], place));

beforeAll(async () => {
  const failures = [
    ...places.map((place) => [texts[0], place] as const),
    ...texts.slice(1).map((text) => [text, 'ship'] as const),
  ];
  for (const [index, [text, place]] of failures.entries()) {
    const id = idOf(text, place);
    const history = [received(), started(), failed({}, failureIn(text, place)), deadLettered()];
    // One second after the other.
    const extra = { recordedAt: moment(100 + index) };
    await log.append({
      stream: streamOf(id),
      expectedRevision: 'no-stream',
      transitions: sealedHistory(history, id, extra),
    });
  }
  await tables.project(log);
  await indexTexts(tables.db());
});

interface Asking {
  readonly limits?: Partial<SimilarLimits>;
  readonly hasVector?: boolean;
  readonly eventId?: string | null;
}

async function found(limit: number, { limits = {}, hasVector = true, eventId = null }: Asking = {}) {
  const [name, message] = ['Error', 'connect ECONNREFUSED'];
  const text = `${name}: ${message}`;
  const [vector = null] = hasVector ? await localEmbeddings.embed([text], new AbortController().signal) : [];
  const asked = {
    ...{ class: name, message, handler: null, terms: termList(text), vector, eventId },
    ...{ model: localEmbeddings.model, leastSimilarity: localEmbeddings.leastSimilarity },
  };
  return findSimilar(tables.readDatabase(), asked, { limit, now: new Date(moment(200)), limits });
}

describe('groups that are similar', () => {
  it('are all found without a limit that matters', async () => {
    const groups = await found(50);
    expect(groups).toHaveLength(places.length + texts.length - 1);
    expect(new Set(groups.slice(0, places.length).map(({ groupId }) => groupId))).toEqual(
      new Set(places.map((place) => groupIn(place).id)),
    );
  });

  it.each([1, 2, 3])('are the best %i of all when no more are asked for', async (limit) => {
    expect(await found(limit)).toEqual((await found(50)).slice(0, limit));
  });

  it.each([1, 2, 3])(
    'begin with the best where each list has no more than %i, with vectors and without',
    async (most) => {
      for (const hasVector of [true, false]) {
        const all = await found(50, { hasVector });
        const some = await found(50, { limits: { candidates: most, compared: most }, hasVector });
        expect(some[0]?.text, String(hasVector)).toBe(all[0]?.text);
        const said = new Set(some.map(({ text }) => text));
        expect(said.size).toBeLessThanOrEqual(2 * most);
      }
    },
  );

  it.each([1, 2, 3])(
    'are the last %i of one text that were seen, beside the event that is asked for',
    async (groupsOfText) => {
      const ofText = async (eventId: string | null) => {
        const groups = await found(50, { limits: { groupsOfText }, eventId });
        return new Set(groups.filter(({ class: name }) => name === 'Error').map(({ groupId }) => groupId));
      };
      const lastOf = (all: readonly string[]) => new Set(all.slice(-groupsOfText).map((place) => groupIn(place).id));
      expect(await ofText(null)).toEqual(lastOf(places));
      expect(await ofText(idOf(texts[0], 'call'))).toEqual(lastOf(places.slice(0, -1)));
    },
  );
});
