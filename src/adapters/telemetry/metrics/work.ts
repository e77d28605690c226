import { Gauge, type Registry } from 'prom-client';
import { type BoundedLabels, OTHER } from './bounded-labels.ts';
import type { Reading } from './shared-reading.ts';

/** What the read tables say of work that is left. Ages are by the database's clock, and never negative. */
export interface WorkLeft {
  /** Types with the most dead letters; all others are one row without a type. */
  readonly deadLetters: readonly DeadLetters[];
  readonly dueWork: readonly DueWorkOfKind[];
}

export interface DeadLetters {
  readonly type: string | null;
  readonly count: number;
  /** Of the one that has been dead longest. */
  readonly oldestAgeSeconds: number;
}

export interface DueWorkOfKind {
  readonly kind: string;
  readonly count: number;
  /** Of the one that has been due longest; 0 where none is. */
  readonly oldestAgeSeconds: number;
}

const kinds = ['command', 'retry', 'lease', 'unreadable', 'paused'];

/** Absent, rather than wrong, while the database cannot be asked. */
export function exposeWorkLeft(reading: Reading<WorkLeft>, types: BoundedLabels, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'eventops_dead_letters',
    help: 'Dead letters in the read tables, by type.',
    labelNames: ['type'],
    registers,
    async collect() {
      const work = await reading();
      this.reset();
      if (work === null) return;
      for (const type of types.known) this.set({ type }, 0);
      for (const { type, count } of work.deadLetters) this.inc({ type: type === null ? OTHER : types.of(type) }, count);
    },
  });
  new Gauge({
    name: 'eventops_dead_letters_oldest_age_seconds',
    help: 'How long the oldest dead letter has been one; 0 when there is none.',
    registers,
    async collect() {
      const work = await reading();
      if (work === null) this.remove();
      else this.set(Math.max(0, ...work.deadLetters.map(({ oldestAgeSeconds }) => oldestAgeSeconds)));
    },
  });
  const ofEachKind = (name: string, help: string, valueOf: (found: DueWorkOfKind) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['status'], registers },
      async collect() {
        const work = await reading();
        this.reset();
        if (work === null) return;
        for (const status of kinds) {
          const found = work.dueWork.find(({ kind }) => kind === status);
          this.set({ status }, found === undefined ? 0 : valueOf(found));
        }
      },
    });
  ofEachKind(
    'eventops_due_work',
    'Events that wait: for a command to start their next attempt, for a retry, for the end of a lease, or of a pause of their type.',
    ({ count }) => count,
  );
  ofEachKind(
    'eventops_due_work_oldest_age_seconds',
    'How long the oldest of these has been due; 0 when none is.',
    ({ oldestAgeSeconds }) => oldestAgeSeconds,
  );
}
