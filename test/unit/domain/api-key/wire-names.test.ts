import { transitionSchemas } from '../../../../src/domain/api-key/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('an API key', transitionSchemas, import.meta.url);
