import { describe, expect, it } from 'vitest';
import { transitionSchemas } from '../../../../src/domain/event/transitions.ts';
import { fieldListsOf } from '../../../support/domain/wire-shapes.ts';

describe('the fields of a transition', () => {
  it.each(fieldListsOf(transitionSchemas))(
    '%s: stand in alphabetical order, so that its data need not be sorted to be canonical',
    (_path, names) => {
      expect(names).toEqual(names.toSorted());
    },
  );
});
