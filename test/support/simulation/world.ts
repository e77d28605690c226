import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Random } from '../../../src/application/ports/random.ts';
import { foldDueWork, isDueRow } from '../../../src/projections/due-work/project.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { projectionNameOf } from '../../../src/projections/projection-states.ts';
import type { ProjectedBatch } from '../../../src/projections/projection-store.ts';
import type { DecodedTransition } from '../../../src/projections/read-model.ts';
import { statistics } from '../../../src/projections/statistics/read-model.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { createSeededRandom } from '../worker/seeded-random.ts';
import { AskedAttempts } from './asked.ts';
import { SimulatedBroker } from './broker.ts';
import { Falsified } from './falsified.ts';
import type { HandlerRunRecord } from './handlers.ts';
import type { Life } from './life.ts';
import { limitsOf } from './limits.ts';
import { type Call, type CallFault, type Fault, type Part, partOf, type Scenario, type Slot } from './scenario.ts';
import { SimulatedStores } from './stores.ts';
import { createSimulatedTime } from './time.ts';

/** What survives every process: the log, the read database and the broker; and what was observed from outside. */
export class World {
  readonly scenario: Scenario;
  readonly time = createSimulatedTime();
  readonly log: ReturnType<typeof createInMemoryLog>;
  readonly falsified: Falsified;
  readonly stores: SimulatedStores;
  readonly broker: SimulatedBroker;
  readonly runs: HandlerRunRecord[] = [];
  readonly asked = new AskedAttempts(() => this.time.passed());
  /** Kills the process; another one is started in its slot after so long. */
  kill: (life: Life, restartAfterMs: number) => void = () => {};
  freeze: (life: Life, durationMs: number) => void = () => {};
  /** What came to pass of what the scenario names, by effect. */
  readonly happened = new Map<string, number>();
  /** The embedded read database answers nothing until it is opened again. */
  areTablesStuck = false;
  /** Breaches that only show while it happens. */
  readonly seen: string[] = [];
  /** When something last went wrong. */
  lastFaultAt = 0;
  /** When somebody last got what he asked for. */
  lastWishAt = 0;
  lastTransitionAt = 0;
  /** The most that a process's clock was off by. */
  farthestClockMs = 0;
  /** Streams that the log held when it was put back to what it was; `null` as long as it was not. */
  restoredStreams: ReadonlySet<string> | null = null;
  restoredAt = 0;
  #isPeaceMade = false;
  /** Told only when somebody wants to read it: a seed of many has no reader. */
  readonly #story: string[] | null;
  readonly #callFaults: ReadonlyMap<string, CallFault>;
  readonly #awayUntil = new Map<Part, number>();
  readonly #random: Random;
  readonly #counted = new Map<string, number>();

  constructor(scenario: Scenario, story: string[] | null) {
    this.scenario = scenario;
    this.#story = story;
    this.#random = createSeededRandom(scenario.seed + 3);
    this.falsified = new Falsified(ofKind(scenario.faults, 'falsified'), {
      happened: (what) => this.hasHappened('falsified', what),
      seen: (what) => void this.seen.push(what),
    });
    this.log = createInMemoryLog('simulated', this.falsified.kept);
    this.stores = new SimulatedStores(() => this.time.now(), {
      limits: limitsOf(scenario, 'tables'),
      committed: (batch, readModel) => this.#checkCheckpoint(batch, readModel),
      refuses: (batch, readModel) => this.#refuses(batch, readModel),
      written: (decoded, readModel) => {
        // The due work only leads to a look at the stream; statistics leave out what they do not count.
        const isCounted = ({ transition }: (typeof decoded)[number]) => transition !== null;
        if (readModel !== dueWork.name)
          this.falsified.noteRows(decoded.filter(isCounted).map(({ recorded }) => recorded));
      },
    });
    this.broker = new SimulatedBroker(createSeededRandom(scenario.seed + 1), ofKind(scenario.faults, 'command'), {
      isPeace: () => this.isPeace,
      noted: (what) => this.hasHappened(what.includes('lose') ? 'command lost' : 'command repeated', what),
    });
    this.#callFaults = new Map(ofKind(scenario.faults, 'call').map((fault) => [keyOf(fault), fault]));
  }

  get isPeace(): boolean {
    return this.#isPeaceMade || this.time.passed() >= this.scenario.peaceAt;
  }

  /** Before its time. */
  makePeace(): void {
    this.#isPeaceMade = true;
    this.tell(() => 'from here on nothing goes wrong');
  }

  beginOutage(of: Part, durationMs: number): void {
    const untilMs = this.time.passed() + durationMs;
    this.#awayUntil.set(of, Math.max(untilMs, this.#awayUntil.get(of) ?? 0));
    this.hasHappened('outage', `the ${of} is away for ${durationMs} ms`);
  }

  restoreLog(transitions: number): void {
    const kept = Math.max(0, this.log.all.length - transitions);
    this.hasHappened('log restored', `the log is put back to its first ${kept} transitions`);
    this.log.restore(kept);
    this.restoredStreams = new Set(this.log.all.map(({ stream }) => stream));
    this.restoredAt = this.time.passed();
  }

  /** Why the read database does not keep the batch, if it does not. */
  #refuses({ decoded }: ProjectedBatch, readModel: string): string | null {
    const passed = this.time.passed();
    const due = ofKind(this.scenario.faults, 'row').filter(
      ({ from, until }) => passed >= from && (until === null || passed < until),
    );
    if (due.length === 0 || decoded.length === 0) return null;
    if (due.some(({ key }) => key === null)) return 'everything is refused';
    // The due work and the statistics hold nothing that could be refused for what it is.
    if (readModel !== events.name) return null;
    for (const { transition } of decoded as readonly DecodedTransition[])
      if (transition.type === 'EventReceived' && due.some(({ key }) => key === transition.data.idempotencyKey)) {
        this.hasHappened('row refused', `the read database refuses the row of ${transition.data.idempotencyKey}`);
        return `it does not keep what ${transition.data.idempotencyKey} was received with`;
      }
    return null;
  }

  /** What goes wrong at this call, the next one of its kind. */
  nextCall(slot: Slot, call: Call): CallFault | null {
    const counter = `${slot} ${call}`;
    const nth = (this.#counted.get(counter) ?? 0) + 1;
    this.#counted.set(counter, nth);
    if (this.isPeace) return null;
    const part = partOf[call];
    if (part !== undefined && this.time.passed() < (this.#awayUntil.get(part) ?? 0))
      return { kind: 'call', slot, call, nth, effect: this.#random.fraction() < 0.8 ? 'refused' : 'lost', ms: 0 };
    const fault = this.#callFaults.get(keyOf({ slot, call, nth })) ?? null;
    if (fault !== null)
      this.hasHappened(
        fault.effect,
        `${slot}: ${fault.effect} ${nth}. ${call}${fault.ms > 0 ? ` (${fault.ms} ms)` : ''}`,
      );
    return fault;
  }

  hasHappened(effect: string, what: string): void {
    this.happened.set(effect, (this.happened.get(effect) ?? 0) + 1);
    this.lastFaultAt = this.time.passed();
    this.tell(() => what);
  }

  tell(what: () => string): void {
    this.#story?.push(`${this.time.passed().toFixed(0).padStart(6)} ms  ${what()}`);
  }

  /** The place in the log that a stored checkpoint names is never beyond what the rows contain. */
  #checkCheckpoint({ checkpoint }: ProjectedBatch, readModel: string): void {
    if (checkpoint === null) return;
    const place = (text: string | null) => (text === null ? -1 : Number(text.split('/')[1]));
    const projected = this.log.all.slice(0, place(checkpoint.to) + 1);
    if (readModel === dueWork.name) return this.#checkDueWork(projected);
    // Sums show no single transition: they are compared with all histories at the end.
    if (readModel === statistics.name) return;
    for (const { stream, revision } of projected.slice(place(checkpoint.from) + 1)) {
      const id = eventIdOfStream(stream);
      const row = this.stores.tables.rows.get(id);
      // What is on the list is repaired later.
      if (this.stores.tables.passedOver.has(`${projectionNameOf({ name: readModel })} ${stream}`)) continue;
      if (row === undefined || BigInt(row.revision) < revision)
        this.seen.push(`the checkpoint is beyond the row of ${stream}, which has no revision ${revision}`);
    }
  }

  /** What is to happen by itself is known of every event up to the checkpoint, and of no other. */
  #checkDueWork(projected: readonly RecordedTransition[]): void {
    const { due } = this.stores.tables;
    const waits = foldDueWork(projected).filter(isDueRow);
    for (const { id, revision } of waits)
      if (due.get(id)?.revision !== revision)
        this.seen.push(`the checkpoint is beyond the due work of ${id}, which has no revision ${revision}`);
    if (due.size > waits.length) this.seen.push('the due work of the checkpoint holds events that have ended');
  }
}

const keyOf = ({ slot, call, nth }: Pick<CallFault, 'slot' | 'call' | 'nth'>) => `${slot} ${call} ${nth}`;

export const ofKind = <Kind extends Fault['kind']>(faults: readonly Fault[], kind: Kind) =>
  faults.filter((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
