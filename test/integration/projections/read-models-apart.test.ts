import { describe } from 'vitest';
import { describeReadModelsApart, fewHarms } from '../../support/projections/describe-read-models-apart.ts';
import { describeOn } from '../../support/services/real-services.ts';

// Each opens the read tables twice or more, which takes seconds of a processor; test/faults has the others.
describe('read tables in the data folder:', () => describeReadModelsApart('embedded', fewHarms));
describeOn('PostgreSQL', 'read tables in PostgreSQL:', () => describeReadModelsApart('PostgreSQL', fewHarms));
