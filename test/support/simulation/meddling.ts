import type { Life } from './life.ts';
import type { Call, CallFault } from './scenario.ts';
import type { World } from './world.ts';

/** What a caller hears when its call was not done, and when it cannot know. */
export interface Answers<Result> {
  refused(): Result;
  lost(): Result;
}

/**
 * Puts the scenario between a process and the world: the same calls, each of which takes a moment both ways and may be
 * the one at which something goes wrong.
 *
 * @param answers `null` for a call that cannot fail: then the scenario's refusals pass without effect.
 */
export const meddling =
  (world: World, life: Life) =>
  <Args extends readonly unknown[], Result>(
    call: Call,
    act: (...args: Args) => Promise<Result>,
    answers: Answers<Result> | null,
  ): ((...args: Args) => Promise<Result>) =>
  async (...args) => {
    await life.step();
    const fault = world.nextCall(life.slot, call);
    const result = fault === null ? await act(...args) : await goWrong(world, life, fault, () => act(...args), answers);
    await life.step();
    return result;
  };

async function goWrong<Result>(
  world: World,
  life: Life,
  { effect, ms }: CallFault,
  act: () => Promise<Result>,
  answers: Answers<Result> | null,
): Promise<Result> {
  const isLate = effect === 'late';
  switch (effect) {
    case 'kill before':
      world.kill(life, ms);
      return life.step() as Promise<never>;
    case 'kill after':
      await act();
      world.kill(life, ms);
      return life.step() as Promise<never>;
    case 'freeze before':
      world.freeze(life, ms);
      await life.step();
      return act();
    case 'freeze after': {
      const result = await act();
      world.freeze(life, ms);
      return result;
    }
    case 'slow':
      await world.time.sleep(ms);
      await life.step();
      return act();
    case 'refused':
      await life.step();
      return answers === null ? act() : answers.refused();
    case 'vanished':
      await life.step();
      return answers === null ? act() : answers.lost();
    case 'lost':
    case 'late': {
      if (answers === null) return act();
      const late = async () => {
        await world.time.sleep(isLate ? ms : 0);
        // What has not left the process dies with it.
        if (!(isLate && world.scenario.profile === 'embedded' && life.isOver)) await act();
      };
      const done = late().catch(() => {});
      if (!isLate) await done;
      await life.step();
      return answers.lost();
    }
  }
}
