import { describe } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { allHarms, describeReadModelsApart } from '../../support/projections/describe-read-models-apart.ts';

describe.skipIf(!isWhole())('read tables in the data folder:', { timeout: 300_000 }, () =>
  describeReadModelsApart('embedded', allHarms),
);
