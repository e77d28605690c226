import { describe } from 'vitest';
import { allHarms, describeReadModelsApart } from '../../support/projections/describe-read-models-apart.ts';
import { describeOn } from '../../support/services/real-services.ts';

describe('read tables in the data folder:', { timeout: 300_000 }, () => describeReadModelsApart('embedded', allHarms));
describeOn('PostgreSQL', 'read tables in PostgreSQL:', () => describeReadModelsApart('PostgreSQL', allHarms));
