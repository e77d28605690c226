import { describe, expect, it } from 'vitest';
import { eventTypeAggregate } from '../../../../src/domain/event-type/aggregate.ts';
import type { OperateEventType } from '../../../../src/domain/event-type/commands.ts';
import { covers } from '../../../../src/domain/event-type/covers.ts';
import type { EventTypeState } from '../../../../src/domain/event-type/state.ts';
import type { EventTypeTransition } from '../../../../src/domain/event-type/transitions.ts';

const now = '2030-01-01T00:00:00.000Z';
const asked = { reason: 'the warehouse moves', requestedBy: 'ada' };
const paused: EventTypeTransition = { type: 'EventTypePaused', data: { pausedAt: now, ...asked } };
const resumed: EventTypeTransition = { type: 'EventTypeResumed', data: { resumedAt: now, ...asked } };
const command = (kind: OperateEventType['kind']): OperateEventType => ({ kind, ...asked, now });
const after = (...history: readonly EventTypeTransition[]) =>
  history.reduce<EventTypeState | null>((state, each) => eventTypeAggregate.evolve(state, each), null);
const pause = { since: now, by: 'ada', reason: 'the warehouse moves' };

describe('a type of events', () => {
  it.each([
    ['that was never paused', after()],
    ['that was resumed', after(paused, resumed)],
  ])('%s is paused, and cannot be resumed', (_, state) => {
    expect(eventTypeAggregate.decide(state, command('PauseEventType'))).toEqual({ ok: true, transitions: [paused] });
    expect(eventTypeAggregate.decide(state, command('ResumeEventType'))).toEqual({
      ...{ ok: false, rejection: { code: 'type-not-paused' } },
    });
  });

  it('that is paused is resumed, and a second pause is told of the first', () => {
    expect(after(paused)).toEqual({ pause });
    expect(eventTypeAggregate.decide(after(paused), command('ResumeEventType'))).toEqual({
      ...{ ok: true, transitions: [resumed] },
    });
    expect(eventTypeAggregate.decide(after(paused), command('PauseEventType'))).toEqual({
      ...{ ok: false, rejection: { code: 'type-paused', pause } },
    });
  });

  it('has no history in which what follows does not fit', () => {
    expect(() => after(resumed)).toThrow('cannot follow');
    expect(() => after(paused, paused)).toThrow('cannot follow');
    expect(() => after(paused, resumed, resumed)).toThrow('cannot follow');
  });

  it.each([
    ['order.placed', 'order.placed', true],
    ['order.placed', 'order.placed.late', false],
    ['order.*', 'order.placed', true],
    ['order.*', 'order.placed.late', true],
    ['order.*', 'order', false],
    ['order.*', 'orders.placed', false],
    ['*', 'anything', true],
  ])('named %s covers %s: %s', (name, type, isCovered) => {
    expect(covers(name, type)).toBe(isCovered);
  });
});
