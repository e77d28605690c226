import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { transitionSchemas } from '../../../../src/domain/event/transitions.ts';
import { wireShapesOf } from '../../../support/domain/wire-shapes.ts';

const golden: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('wire-names.golden.json', import.meta.url), 'utf8'),
);
const present = wireShapesOf(transitionSchemas);

// Histories hold these names and shapes permanently. The golden file only grows: a change of shape is a new name. A list of
// words may get another word, and a transition an optional field, since whatever was written before is read as it was, and
// earlier versions read what they know.
describe('what is written into histories', () => {
  it.each(Object.keys(golden))('%s keeps its name and shape', (name) => {
    expect(present[name]).toEqual(golden[name]);
  });

  it('is listed in the golden file, which grows with a new transition', () => {
    expect(Object.keys(golden)).toEqual(expect.arrayContaining(Object.keys(present)));
  });

  it.each(['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.0000Z', '2026-01-01T12:00:00.000+01:00', '2026-01-01'])(
    'has no moment of another form than moments are compared in: %s',
    (leaseExpiresAt) => {
      const claim = { generation: 0, attempt: 1, worker: 'worker-1', leaseExpiresAt };
      expect(transitionSchemas.ProcessingStarted.safeParse(claim).success).toBe(false);
    },
  );
});
