import { describe, expect, it } from 'vitest';
import { type AppendOutcome, type EventLog, revision } from '../../../src/application/ports/event-log.ts';
import { readConfig } from '../../../src/config/config.ts';
import { transitionSchemas } from '../../../src/domain/event/transitions.ts';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { crashPoints } from '../../../src/main/crash-points/crash-points.ts';
import { crashingAsAsked } from '../../../src/main/crash-points/crashing-as-asked.ts';
import { logWithPoints } from '../../../src/main/crash-points/log-with-points.ts';
import { type ActionsOf, portActions } from '../../../src/main/crash-points/port-actions.ts';
import { crashAt } from '../../../src/main/crash-points/reach.ts';
import { withPoints } from '../../../src/main/crash-points/with-points.ts';
import type { Parts } from '../../../src/main/parts.ts';
import { projectFilesIn, textOf } from '../../support/project-files.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

/**
 * The ports through which nothing outside the process is changed that a crash could lose, and nothing of the log or the
 * rows is read.
 */
const withoutPoints = [
  ...['authenticator', 'background-service', 'random', 'clock', 'event-loop', 'key-uses'],
  ...['logger', 'outbound-http', 'secret-source', 'shared-counts'],
  // A kill loses what was counted since the last time, wherever it comes.
  'access-counts',
  // Spans are lost with their process.
  'request-traces',
  // All of it is computed again from the log: what comes between two steps is in test/unit/application/anchoring.
  'tree-store',
  // So is this: what comes between two steps is in test/unit/application/log-segments.
  'log-segments',
  // Of a witness, which is a process of its own: test/unit/application/witnessing and test/integration/witnessing.
  'witness-store',
  // Of a verifier, which starts again.
  'stream-heads',
  // Read alone, by the process that carries plans out: what comes between two steps is in test/unit/worker/replay-plans.
  'plan-rows',
  // An index that was left half-way is recreated: test/contract/read-database/clauses/payload-fields.ts.
  'payload-indexes',
  // One transaction, which an operator asks for again.
  'row-repair',
  // Made of texts alone, and completed with what is missing: test/unit/application/similar.
  ...['embedding-provider', 'text-index'],
];

const methodsIn = (path: string) => [...textOf(path).matchAll(/^ {2}(?!constructor)(\w+)\(/gm)].map(([, name]) => name);

describe('the list of crash points', () => {
  it('has two for each method of each port', () => {
    const elsewhere = [
      'projections/projection-store',
      'projections/rebuild/copies',
      'projections/rebuild/lend-connections',
      'worker/handler-runner',
    ].map((name) => `src/${name}.ts`);
    const ports = [...projectFilesIn('src/application/ports'), ...elsewhere];
    const methods = ports
      .filter((path) => !withoutPoints.some((name) => path.endsWith(`/${name}.ts`)))
      .flatMap(methodsIn);
    const named = Object.values(portActions).flatMap((ofPort) => Object.keys(ofPort));
    expect(methods.length).toBeGreaterThan(15);
    expect(methods.filter((method) => !named.includes(method as string))).toEqual([]);
    expect(named.filter((method) => !methods.includes(method))).toEqual([]);
  });

  it('tells appends apart by what is appended', () => {
    for (const type of Object.keys(transitionSchemas)) {
      expect(crashPoints).toContain(`append-${type}.before`);
      expect(crashPoints).toContain(`append-${type}.after`);
    }
  });

  it('cannot be missing a method, because that does not compile', () => {
    interface LargerLog extends EventLog {
      truncate(): Promise<void>;
    }
    // @ts-expect-error -- truncate has no name
    const actions: ActionsOf<LargerLog> = portActions.log;
    expect(Object.keys(actions)).not.toContain('truncate');
  });
});

describe('a point', () => {
  it('kills at the time that was asked for, and at no other', () => {
    let kills = 0;
    const reach = crashAt('publish.before', 2, () => void kills++);
    const told = (['publish.before', 'publish.after', 'publish.before', 'publish.before'] as const).map((point) => {
      reach(point);
      return kills;
    });
    expect(told).toEqual([0, 0, 1, 1]);
  });

  it('stands before the act, and another after it unless it failed', async () => {
    const steps: string[] = [];
    const checkpoints = {
      load: async () => (steps.push('loaded'), null),
      save: async () => Promise.reject(new Error('away')),
    };
    const pointed = withPoints(checkpoints, portActions.checkpoints, (point) => void steps.push(point));
    await pointed.load();
    await expect(pointed.save()).rejects.toThrow('away');
    expect(steps).toEqual(['load-checkpoint.before', 'loaded', 'load-checkpoint.after', 'save-checkpoint.before']);
  });

  it('after an append is reached only by what was appended', async () => {
    const steps: string[] = [];
    const at = revision(0);
    const outcomes: AppendOutcome[] = [
      { kind: 'conflict', actualRevision: at },
      { kind: 'appended', firstRevision: at, lastRevision: at },
    ];
    const log = { append: async () => outcomes.shift() } as unknown as EventLog;
    const pointed = logWithPoints(log, (point) => void steps.push(point));
    const transition = { id: '', schemaVersion: 1, recordedAt: '', data: '{}', metadata: '{}' };
    const transitions = ['ProcessingFailed', 'RetryScheduled'].map((type) => ({ ...transition, type }));
    await pointed.append({ stream: 's', expectedRevision: at, transitions });
    expect(steps.splice(0)).toEqual(['append-ProcessingFailed.before', 'append-RetryScheduled.before']);
    await pointed.append({ stream: 's', expectedRevision: at, transitions });
    expect(steps.slice(2)).toEqual(['append-ProcessingFailed.after', 'append-RetryScheduled.after']);
  });
});

describe('EVENTOPS_CRASH_AT', () => {
  const given = { parts: {} as Parts, runner: null };

  it('wraps nothing when it is not set', () => {
    expect(crashingAsAsked(readConfig({}))(given, silentLogger)).toBe(given);
  });

  it('that names no point is refused with those there are', () => {
    const refused = () => crashingAsAsked(readConfig({ EVENTOPS_CRASH_AT: 'publish.between:1' }));
    expect(refused).toThrow(CannotStart);
    expect(refused).toThrow('publish.before, publish.after');
  });
});
