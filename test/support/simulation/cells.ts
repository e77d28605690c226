import { AbortOnDemand } from '../../../src/worker/abort-on-demand.ts';
import { createDeadlines } from '../../../src/worker/deadlines.ts';
import { failure } from '../../../src/worker/describe-failure.ts';
import type { HandlerEnd } from '../../../src/worker/handler-runner.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { invokeHandler } from '../../../src/worker/invoke-handler.ts';
import type { StartCell } from '../../../src/worker/isolation/cell-link.ts';
import type { CellEnd, CellRun, FromCell, ToCell } from '../../../src/worker/isolation/messages.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';

/** What a handler can do to the process of handlers that runs it. */
export interface SimulatedCell {
  /** Ends it, with all that it runs. */
  end(): void;
  /** Keeps its thread, so that it neither hears nor says anything any more. */
  hold(): void;
}

/** A moment for loading the configuration. */
const LOADS_WITHIN_MS = 300;

/** Processes of handlers on simulated time. What they and their worker say to one another arrives later, in its order. */
export const startCellsOf =
  (world: World, life: Life, handlerIn: (cell: SimulatedCell) => ConfiguredHandler): StartCell =>
  (_settings, events) => {
    const running = new Map<number, AbortOnDemand>();
    let isHeld = false;
    let isOver = false;
    const [toWorker, toCell] = [inOrder(life), inOrder(life)];
    const say = (message: FromCell) => {
      if (!isHeld && !isOver) toWorker(() => events.message(message));
    };
    const end = (how: CellEnd, what: string) => {
      if (isOver) return;
      isOver = true;
      world.hasHappened(what, `${life.slot}: a process of handlers ${how.how}`);
      toWorker(() => events.ended(how));
    };
    const ended = (run: number, how: HandlerEnd) => {
      if (running.delete(run)) say({ ends: [[run, how]] });
    };
    const handler = handlerIn({
      end: () => end({ kind: 'crashed', how: 'was ended by SIGKILL' }, 'handlers crashed'),
      hold: () => {
        isHeld = true;
        world.hasHappened('handlers held', `${life.slot}: a handler holds its thread`);
      },
    });
    const deadlines = createDeadlines<CellRun>(life.clock, ({ run }) => {
      const abort = running.get(run);
      ended(run, { kind: 'failed', failure: failure('HandlerTimeout', 'It did not finish', true) });
      abort?.abort(new Error('It did not finish'));
    });
    const begin = async (one: CellRun) => {
      const abort = new AbortOnDemand();
      running.set(one.run, abort);
      deadlines.add(one, handler.timeoutMs);
      const how = await invokeHandler(one, handler, { abort, logger: () => silentLogger });
      deadlines.remove(one);
      ended(one.run, how);
    };
    const hear = (message: ToCell) => {
      if (isHeld || isOver) return;
      if ('runs' in message) for (const one of message.runs) void begin(one);
      else if ('ping' in message) say({ pong: message.ping });
      else for (const run of message.abort) running.get(run)?.abort(new Error(message.reason));
    };
    void life.clock.sleep(life.random.fraction() * LOADS_WITHIN_MS).then(() => say({ ready: true }));
    return {
      send: (message) => toCell(() => hear(message)),
      kill: (how) => end(how, how.kind === 'unresponsive' ? 'handlers killed' : 'handlers replaced'),
    };
  };

/** Each takes a moment, and none overtakes the one before. */
function inOrder(life: Life): (act: () => void) => void {
  let last: Promise<void> = Promise.resolve();
  return (act) => {
    last = last.then(() => life.step()).then(act);
  };
}
