import { transitionSchemas } from '../../../../src/domain/replay-plan/transitions.ts';
import { wireNamesSuite } from '../../../support/domain/wire-names-suite.ts';

wireNamesSuite('a replay plan', transitionSchemas, import.meta.url);
