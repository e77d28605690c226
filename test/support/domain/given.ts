import { expect } from 'vitest';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import { decide } from '../../../src/domain/event/decide.ts';
import type { Rejection } from '../../../src/domain/event/rejections.ts';
import { fold } from '../../../src/domain/event/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';

/** The three questions to ask of every command: what does it lead to, when is it refused, when is it done already? */
export const given = (...history: readonly Transition[]) => ({
  when: (command: EventCommand) => {
    const decision = decide(fold(history), command);
    return {
      leadsTo: (...transitions: readonly Transition[]) => expect(decision).toEqual({ ok: true, transitions }),
      changesNothing: () => expect(decision).toEqual({ ok: true, transitions: [] }),
      isRefused: (rejection: Rejection) => expect(decision).toEqual({ ok: false, rejection }),
    };
  },
});
