import { transitionSchemas } from '../../../../src/domain/failure-group/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('a failure group', transitionSchemas, import.meta.url);
