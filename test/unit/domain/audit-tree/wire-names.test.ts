import { transitionSchemas } from '../../../../src/domain/audit-tree/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('an audit tree', transitionSchemas, import.meta.url);
