import { transitionSchemas } from '../../../../src/domain/row-repair/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('the repairs of rows', transitionSchemas, import.meta.url);
