import { transitionSchemas } from '../../../../src/domain/event-type/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('a type', transitionSchemas, import.meta.url);
