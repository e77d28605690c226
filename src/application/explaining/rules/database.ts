import { change, look, type Rule, replay } from './rule.ts';

/** What databases refuse. */
export const databaseRules: readonly Rule[] = [
  {
    name: 'deadlock',
    pattern:
      /\b(?:deadlock(?: detected| found)?|40P01|40001|ER_LOCK_DEADLOCK|ORA-00060|could not serialize access|serialization failure|lock wait timeout(?: exceeded)?|database is locked|SQLITE_BUSY|could not obtain lock|lock timeout|canceling statement due to lock timeout)\b/i,
    summary: 'The database ended a transaction because of locks.',
    cause: 'Two transactions take the same rows in different order, or one holds them for long.',
    confidence: 'high',
    steps: [
      look(
        'See which transactions wait for which',
        "select pid, pg_blocking_pids(pid), query from pg_stat_activity where wait_event_type = 'Lock'",
      ),
      change('Take rows in the same order everywhere, keep transactions short, and let the handler try again'),
      replay('at any time: the same work succeeds once the other transaction has ended'),
    ],
  },
  {
    name: 'duplicate',
    pattern:
      /\b(?:duplicate (?:key|entry)|unique constraint|UNIQUE constraint failed|23505|ER_DUP_ENTRY|E11000|already exists|UniqueViolation\w*|ORA-00001|primary key violation)\b/i,
    summary: 'There is already a row with the same key.',
    cause: 'The work was done before by an earlier attempt or another event, or two things have the same key.',
    confidence: 'high',
    steps: [
      look('See whether the row that is there is of this event'),
      change('Make the handler idempotent: use context.idempotencyKey, or insert … on conflict do nothing'),
      replay('once a second run does no harm; discard the event if its work was done'),
    ],
  },
  {
    name: 'constraint',
    pattern:
      /\b(?:foreign key constraint|violates (?:foreign key|check|not-null|exclusion) constraint|not[- ]null constraint|NOT NULL constraint failed|FOREIGN KEY constraint failed|CHECK constraint failed|23503|23502|23514|cannot be null|ER_NO_REFERENCED_ROW\w*|integrity constraint|ConstraintViolation\w*)\b/i,
    summary: 'A rule of the database forbids the row.',
    cause: 'The event names something that is not in the database yet, or leaves a value out that it must have.',
    confidence: 'high',
    steps: [
      look('See which constraint it is, and which value is missing or not there'),
      change('Create what is named first, or correct the handler'),
      replay('once the row is allowed'),
    ],
  },
  {
    name: 'too many connections',
    pattern:
      /\b(?:too many (?:connections|clients)|53300|connection pool (?:is )?(?:exhausted|full|timeout)|remaining connection slots|max(?:imum)?(?: number of)? (?:client )?connections|ER_CON_COUNT_ERROR|pool (?:is )?exhausted|acquiring (?:a )?connection)\b/i,
    summary: 'The database has no connection left.',
    cause: 'More connections are open than it allows: they are not given back, or too many processes hold some.',
    confidence: 'high',
    steps: [
      look(
        'See who holds the connections',
        'select application_name, state, count(*) from pg_stat_activity group by 1, 2',
      ),
      change('Close what is leaked, use a pool, or allow more'),
      replay('once there are connections'),
    ],
  },
  {
    name: 'schema',
    pattern:
      /\b(?:(?:relation|column|table) \S+ (?:of relation \S+ )?does not exist|no such (?:table|column)|unknown column|undefined (?:table|column)|42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR|syntax error at or near|SQL syntax)\b/i,
    summary: 'The database does not know what the handler asked for.',
    cause: 'A migration has not been run, or the handler is of another version than the schema.',
    confidence: 'high',
    steps: [
      look('See which migrations were run'),
      change('Run what is missing, or deploy the version that fits'),
      replay('once schema and handler fit'),
    ],
  },
];
