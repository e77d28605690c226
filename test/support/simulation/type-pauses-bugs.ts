import type { PlantedBug } from './planted-bugs.ts';

const bug = (name: string, caughtBy: number, file: string, find: string, replace: string): PlantedBug => ({
  name,
  caughtBy,
  edits: [{ file, find, replace }],
});

/** THE LIST of those that the simulation of pauses has to notice, each with a seed that does. */
export const typePausesBugs: readonly PlantedBug[] = [
  bug(
    'a pause is not looked at before an attempt',
    1,
    'worker/process-event.ts',
    'if (type !== undefined && pauses.over(type).length > 0 && (await isHeld(type))) return;',
    '',
  ),
  bug(
    'a pause is looked at after the attempt is counted',
    7,
    'worker/process-event.ts',
    'if (attempt === null) return null;',
    `if (attempt === null) return null;
  if (await heldByPause(dependencies.log, dependencies.pauses ?? noPauses)(attempt.state.received.type)) return null;`,
  ),
  bug(
    'who has just begun does not wait to hear of pauses',
    32,
    'worker/process-event.ts',
    'const soon = pauses.caughtUp();',
    'const soon = null;',
  ),
  bug(
    'parked events are not asked for when the pause ends',
    1,
    'worker/sweep/let-go-on.ts',
    "isLongAgo ? ['paused'] : ['paused', 'command']",
    "['command']",
  ),
  bug(
    'the end of a pause is acted on once',
    1,
    'worker/sweep/let-go-on.ts',
    '(done !== null && latest.position <= done)',
    'done !== null',
  ),
  bug(
    'a page with paused events is parked as a whole',
    1,
    'worker/sweep/held-among.ts',
    'return { held, others };',
    'return held.length > 0 ? { held: rows, others: [] } : { held, others };',
  ),
  bug(
    'what one pause holds is let go on by the end of another',
    1,
    'application/event-types/held-by-pause.ts',
    'for (const name of pauses.over(type)) {',
    'for (const name of pauses.over(type).slice(1)) {',
  ),
  bug(
    'a pause of a pattern holds its own name alone',
    1,
    'application/event-types/follow-type-pauses.ts',
    'filter((name) => covers(name, type))',
    'filter((name) => name === type)',
  ),
];
