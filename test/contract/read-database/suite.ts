import { afterAll, beforeAll, beforeEach } from 'vitest';
import { emptyTables } from '../../support/read-database/rows.ts';
import { checkpointClauses } from './clauses/checkpoints.ts';
import { connectionClauses } from './clauses/connections.ts';
import { failureClauses } from './clauses/failures.ts';
import { payloadFieldClauses } from './clauses/payload-fields.ts';
import { schemaClauses } from './clauses/schema.ts';
import { similarClauses } from './clauses/similar.ts';
import { transactionClauses } from './clauses/transactions.ts';
import { typeClauses } from './clauses/types.ts';
import type { ReadDatabaseUnderTest } from './harness.ts';

/** What projections and queries rely on, whichever PostgreSQL is behind it. */
export function readDatabaseSuite(open: () => Promise<ReadDatabaseUnderTest>): void {
  let opened: ReadDatabaseUnderTest | null = null;
  const under = () => {
    if (opened === null) throw new Error('The read database is not open outside a test');
    return opened;
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());
  beforeEach(() => emptyTables(under().db));

  schemaClauses(under);
  typeClauses(under);
  transactionClauses(under);
  checkpointClauses(under);
  failureClauses(under);
  similarClauses(under);
  payloadFieldClauses(under);
  connectionClauses(under);
}
