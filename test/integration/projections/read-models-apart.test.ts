import { describe } from 'vitest';
import { allHarms, describeReadModelsApart, fewHarms } from '../../support/projections/describe-read-models-apart.ts';
import { describeOn } from '../../support/services/real-services.ts';

// Each opens PGlite twice or more, which takes seconds of a processor; test/faults has the others.
describe('read tables in the data folder:', () => describeReadModelsApart('embedded', fewHarms));
describeOn('PostgreSQL', 'read tables in PostgreSQL:', () => describeReadModelsApart('PostgreSQL', allHarms));
