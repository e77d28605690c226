import { hash } from 'node:crypto';
import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** A field of payloads that is asked for: it is there, and it has this value. */
export interface PayloadFilter {
  /** The names of members, or the positions in arrays, from the outside in, with dots between them. */
  readonly field: string;
  /** JSON text of a value that is neither an object nor an array. */
  readonly value: string;
}

/** Of the index of a field. Names of fields may be longer than those of indexes, so it has their hash. */
export const PAYLOAD_INDEX = 'events_payload_';
export const payloadIndexOf = (field: string) => `${PAYLOAD_INDEX}${hash('sha256', field).slice(0, 16)}`;

/** Null where the payload has no such field; JSON's `null` where that is its value. */
const valueAt = (field: string) =>
  sql`(payload #> array[${sql.join(field.split('.').map((name) => sql.lit(name)))}]::text[])`;

/** Of one size whatever the value is: an index refuses rows whose keys are too long. Equal numbers have equal hashes, `1` and `1.0`, too. */
const hashAt = (field: string) => sql`jsonb_hash_extended(${valueAt(field)}, 0)`;

/**
 * In the order of lists, so that a page of the newest ends where it is full. Of all rows: the planner does not use what it knows of the
 * values in an index of some of them.
 */
export const indexedBy = (field: string): RawBuilder<unknown> => sql`(${hashAt(field)}, created_at, id)`;

/**
 * A condition on rows of `events`. The value decides; its hash leads to the index. The comparison stands in a `case`, or the planner
 * would count it as a second condition that few rows fulfil, and sort what it takes for a handful.
 */
export const hasValue = ({ field, value }: PayloadFilter): RawBuilder<SqlBool> =>
  sql<SqlBool>`(
    ${hashAt(field)} = jsonb_hash_extended(${value}::text::jsonb, 0)
    and case when ${valueAt(field)} = ${value}::text::jsonb then true else false end
  )`;
