import { expect, it } from 'vitest';
import type { Metrics } from '../../../src/adapters/telemetry/metrics/metrics.ts';
import { measureOnDemand } from '../../../src/main/measure.ts';
import type { Parts } from '../../../src/main/parts.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';

function measured(explains: 'dead' | 'failed' | 'off', role: 'explainer' | 'api' = 'explainer'): readonly string[] {
  let names: readonly string[] = [];
  const metrics: Pick<Metrics, 'showBacklog' | 'showWorkLeft' | 'showLagIn'> = {
    showBacklog: () => {},
    showWorkLeft: () => {},
    showLagIn: ({ subscribers }) => {
      names = subscribers.map(({ name }) => name);
    },
  };
  const readTables = {} as NonNullable<Parts['readTables']>;
  measureOnDemand({ log: createInMemoryLog(), bus: null, readTables }, { metrics, roles: [role], explains });
  return names;
}

it('measures the lag of the explainer where it runs, and nowhere else', () => {
  expect(measured('dead')).toContain('explainer');
  expect(measured('failed')).toContain('explainer');
  expect(measured('off')).not.toContain('explainer');
  expect(measured('dead', 'api')).not.toContain('explainer');
  expect(measured('off')).toContain('dispatcher');
});
