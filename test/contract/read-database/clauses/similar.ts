import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groupOf } from '../../../../src/application/failure-groups/identity.ts';
import type { EmbeddingProvider } from '../../../../src/application/ports/embedding-provider.ts';
import { textIdOf, wholeTextOf } from '../../../../src/application/similar/failure-text.ts';
import { localEmbeddings } from '../../../../src/application/similar/local-embeddings.ts';
import { termList } from '../../../../src/application/similar/terms.ts';
import { readOnly } from '../../../../src/projections/database.ts';
import { explanations } from '../../../../src/projections/explanations/read-model.ts';
import { failureGroups } from '../../../../src/projections/failure-groups/read-model.ts';
import { failureTexts } from '../../../../src/projections/failure-texts/read-model.ts';
import { createProjectionStore } from '../../../../src/projections/projection-store.ts';
import { meansOf } from '../../../../src/projections/similar/means.ts';
import { findSimilar } from '../../../../src/projections/similar/queries.ts';
import { createTextIndex } from '../../../../src/projections/similar/text-index.ts';
import { planOf } from '../../../support/read-database/query-plans.ts';
import { failureOf, indexTexts } from '../../../support/similar/labelled-log.ts';
import type { Opened } from '../harness.ts';

const texts = [
  'Error: connect ECONNREFUSED',
  'DbError: refused to connect',
  'BarcodeError: eleven digits',
  'Error: !!!',
];
const now = new Date('2030-01-31T12:00:00.000Z');

export function similarClauses(under: Opened): void {
  const fill = async () => {
    await sql`truncate failure_texts, failure_groups, failure_vectors`.execute(under().db);
    for (const [at, text] of texts.entries()) {
      const { id, of } = groupOf('orders.*', failureOf(text));
      const { class: name, message } = of;
      await sql`
        insert into failure_texts (group_id, text_id, class, message, position)
        values (${id}, ${textIdOf(of)}, ${name}, ${message}, ${at})`.execute(under().db);
      await sql`
        insert into failure_groups (id, root_id, handler, class, message, frames, fingerprint_version, splits, first_seen_at,
          last_seen_at, last_event_id, events, attempts, dead, handler_versions, replays_processed, replays_failed)
        values (${id}, ${id}, 'orders.*', ${name}, ${message}, '[]', 2, '[]', ${now.toISOString()}, ${now.toISOString()},
          ${id}, 1, 1, 1, '[]', 0, 0)`.execute(under().db);
    }
    await indexTexts(under().db);
  };
  const similarTo = async (text: string) => {
    const { of } = groupOf('orders.*', failureOf(text));
    const whole = wholeTextOf(of);
    const [vector = null] = await localEmbeddings.embed([whole], new AbortController().signal);
    const { model, leastSimilarity } = localEmbeddings;
    const asked = { ...of, terms: termList(whole), vector, model, leastSimilarity, eventId: null };
    return findSimilar(readOnly(under().db), asked, { limit: 10, now });
  };

  describe('the index of texts', () => {
    beforeAll(async () => {
      for (const readModel of [failureTexts, failureGroups, explanations])
        await createProjectionStore(under().db, readModel).load();
    });
    beforeEach(fill);

    it('finds what says the same in other words, with the distance, and nothing else', async () => {
      const found = await similarTo('Error: connect ECONNREFUSED');
      expect(found.map(({ text }) => text)).toEqual(['Error: connect ECONNREFUSED', 'DbError: refused to connect']);
      expect(found[0]).toMatchObject({ distance: 0, isSameClass: true, isSameHandler: true });
      expect(found[1]?.distance).toBeGreaterThan(0);
      expect(await similarTo('Elephant: trumpets loudly')).toEqual([]);
    });

    it('reads the groups of what it finds, and not all of them', async () => {
      await sql`
        insert into failure_groups (id, root_id, handler, class, message, frames, fingerprint_version, splits, first_seen_at,
          last_seen_at, events, attempts, dead, handler_versions, replays_processed, replays_failed)
        select gen_random_uuid(), gen_random_uuid(), 'orders.*', class, message, frames, fingerprint_version, splits, first_seen_at,
          last_seen_at, events, attempts, dead, handler_versions, replays_processed, replays_failed
        from failure_groups, generate_series(1, 500)`.execute(under().db);
      await sql`analyze failure_groups`.execute(under().db);
      const vector = Array.from({ length: 256 }, (_, at) => at);
      const { model, leastSimilarity } = localEmbeddings;
      const asked = {
        class: 'Error',
        message: 'x',
        handler: null,
        terms: ['connect'],
        vector,
        model,
        leastSimilarity,
        eventId: null,
      };
      const { wholeTables } = await planOf(under().db, (rows) => findSimilar(rows, asked, { limit: 10, now }), 2);
      expect(wholeTables).not.toContain('failure_groups');
    });

    const modelOf = (
      vectors: Readonly<Record<string, readonly number[]>>,
      rest: readonly number[],
    ): EmbeddingProvider => ({
      ...{ model: 'theirs', leastSimilarity: 0.9 },
      embed: async (asked) => asked.map((text) => vectors[text] ?? rest),
    });
    const [one = '', other = ''] = texts;
    const never = new AbortController().signal;

    it('makes vectors again, and compares no others, once a model of the same name gives them with another dimension', async () => {
      await indexTexts(under().db, modelOf({ [one]: [1, 0] }, [0, 1]));
      // Without pgvector, only texts that share a word are compared.
      const terms = termList(one);
      const asked = { class: 'Zoo', message: 'elephants', handler: null, terms, model: 'theirs', eventId: null };
      const near = async (vector: readonly number[]) => {
        const found = await findSimilar(
          readOnly(under().db),
          { ...asked, vector, leastSimilarity: 0.9 },
          { limit: 10, now },
        );
        return found.map(({ text }) => text);
      };
      expect(await near([1, 0])).toEqual([one]);
      expect(await near([1, 0, 0])).toEqual([]);
      await sql`update failure_vectors set model = '' where text = ${other}`.execute(under().db);
      await indexTexts(under().db, modelOf({ [one]: [1, 0, 0] }, [0, 1, 0]));
      expect(await near([1, 0, 0])).toEqual([one]);
      expect(await near([1, 0])).toEqual([]);
    });

    it('tries again to create the index for vectors after that has failed', async ({ skip }) => {
      if (!(await meansOf(under().db)).vector) skip('this database has no pgvector');
      const made = { id: textIdOf(failureOf(one)), text: one, terms: [], vector: [0.1, 0.2, 0.3, 0.4] };
      let failures = 0;
      const index = createTextIndex(under().db, async (work) => {
        if (failures++ === 0) throw new Error('it ran out of disk');
        return work(under().db);
      });
      await expect(index.keepVectors('theirs', [made], never)).rejects.toThrow('it ran out of disk');
      await index.keepVectors('theirs', [made], never);
      const { rows } = await sql<{ definition: string }>`
        select indexdef as definition from pg_indexes
        where indexname like 'failure\\_vectors\\_near\\_%'`.execute(under().db);
      expect(rows.map(({ definition }) => definition.includes('vector(4)'))).toEqual([true]);
    });

    it('finds the same, with the same distances, where the database has no extensions, and says so', async () => {
      const withThem = (await similarTo('Error: connect ECONNREFUSED')).map(({ text, distance }) => [text, distance]);
      await sql`drop extension if exists vector cascade`.execute(under().db);
      await sql`drop extension if exists pg_trgm cascade`.execute(under().db);
      const without = (await similarTo('Error: connect ECONNREFUSED')).map(({ text, distance }) => [text, distance]);
      expect(without).toEqual(withThem);
      const index = createTextIndex(under().db);
      expect(await index.limitation()).toContain('no pgvector and no pg_trgm');
      // What is installed later is used after the next start.
      await index.prepare(never);
      expect((await similarTo('Error: connect ECONNREFUSED')).map(({ text, distance }) => [text, distance])).toEqual(
        withThem,
      );
    });
  });
}
