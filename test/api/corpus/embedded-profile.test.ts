import { describe } from 'vitest';
import { readTablesOfThisFile } from '../../support/api/read-tables.ts';
import { corpusSuite } from '../../support/corpus/suite.ts';

describe('a hostile body, with PGlite', () => {
  corpusSuite(readTablesOfThisFile());
});
