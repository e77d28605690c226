import type { EventFact } from './fact.ts';
import type { MemberOutcome } from './table.ts';

/** The outcome of a member of a plan. */
export interface MemberRow {
  readonly plan_id: string;
  readonly number: number;
  readonly event_id: string;
  readonly generation: number;
  outcome: MemberOutcome;
  why: string | null;
}

/** Each step leads forward, so that what is handed over again changes nothing. */
export function applyToMember(row: MemberRow, fact: EventFact): void {
  switch (fact.kind) {
    case 'replayed':
    case 'discarded': {
      const isOfThisPlan = fact.planId === row.plan_id && (row.outcome === 'waiting' || row.outcome === 'skipped');
      if (isOfThisPlan) Object.assign(row, { outcome: fact.kind === 'replayed' ? 'replayed' : 'done', why: null });
      return;
    }
    case 'failed':
    case 'processed':
    case 'died':
      if (row.outcome !== 'replayed' || fact.generation !== row.generation + 1) return;
      if (fact.kind === 'failed') row.why = fact.why;
      else if (fact.kind === 'processed') Object.assign(row, { outcome: 'done', why: null });
      else row.outcome = 'dead';
  }
}
