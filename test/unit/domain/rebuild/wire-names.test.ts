import { transitionSchemas } from '../../../../src/domain/rebuild/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('the rebuilds of a read model', transitionSchemas, import.meta.url);
