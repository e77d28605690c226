import { createSeededRandom } from '../worker/seeded-random.ts';
import { SMALL_SKEW_MS } from './hardships.ts';
import type { Life } from './life.ts';
import { beginProcess, type SimulatedProcess } from './process.ts';
import type { Slot, TimedFault } from './scenario.ts';
import { ofKind, type World } from './world.ts';

/** How far back an older copy of the read tables is, in commits. */
const OLDER_BY = 3;

/** Sees to it that each slot has a process, as a supervisor does, and that the scenario's timed faults happen. */
export class Processes {
  readonly #world: World;
  readonly #running = new Map<Slot, SimulatedProcess>();
  readonly #starts = new Map<Slot, number>();
  readonly #stopping = new Set<Life>();
  readonly #random: ReturnType<typeof createSeededRandom>;
  #deaths = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = createSeededRandom(world.scenario.seed + 2);
    world.kill = (life, restartAfterMs) => this.#kill(life, restartAfterMs);
    world.freeze = (life, durationMs) => this.#freeze(life, durationMs);
  }

  startAll(): void {
    const { slots, workersFrom } = this.#world.scenario;
    for (const slot of slots)
      if (workersFrom === 0 || !slot.startsWith('worker')) this.#start(slot);
      else void this.#world.time.sleep(workersFrom).then(() => this.#start(slot));
    for (const fault of ofKind(this.#world.scenario.faults, 'timed'))
      void this.#world.time.sleep(fault.at).then(() => this.#happen(fault));
  }

  /** Some living process with an API. */
  someApi(): SimulatedProcess | null {
    const apis = [...this.#running.values()].filter(({ life }) => !life.isOver && /^(all|api)/.test(life.slot));
    return apis[Math.floor(this.#random.fraction() * apis.length)] ?? null;
  }

  /** Whether some living process says of the service that something keeps it from its work. */
  sayWhyUnhealthy(service: string): boolean {
    return [...this.#running.values()].some(({ life, troubled }) => !life.isOver && troubled().includes(service));
  }

  areWell(): boolean {
    return [...this.#running.values()].every(({ life }) => !life.isOver && !this.#stopping.has(life));
  }

  makePeace(): void {
    this.#world.makePeace();
    for (const { life } of this.#running.values()) this.#setClock(life, 0);
  }

  #start(slot: Slot): void {
    const start = (this.#starts.get(slot) ?? 0) + 1;
    this.#starts.set(slot, start);
    if (start > 1) this.#world.tell(() => `${slot}: starts again`);
    // Its files are opened with it.
    if (this.#world.scenario.profile === 'embedded') this.#world.areTablesStuck = false;
    const process = beginProcess(this.#world, slot, start);
    this.#running.set(slot, process);
    this.#setClock(process.life, 0);
  }

  /** Off by what the machine's clock is off by, and by so much more. */
  #setClock(life: Life, jumpMs: number): void {
    const { scenario, isPeace } = this.#world;
    const skews = ofKind(scenario.faults, 'clock').filter(({ slot }) => slot === life.slot);
    const skewMs = skews.reduce((sum, { ms }) => sum + (isPeace && Math.abs(ms) > SMALL_SKEW_MS ? 0 : ms), 0);
    this.#world.farthestClockMs = Math.max(this.#world.farthestClockMs, Math.abs(skewMs + jumpMs));
    life.setClockOff(skewMs + jumpMs);
  }

  #happen(fault: TimedFault): void {
    const world = this.#world;
    if (world.isPeace) return;
    if (fault.what === 'wipe broker') {
      world.hasHappened('broker wiped', 'the broker loses all that it has');
      return world.broker.wipe();
    }
    if (fault.what === 'outage') return world.beginOutage(fault.of, fault.ms);
    if (fault.what === 'restore tables') {
      world.hasHappened('tables restored', 'the read database is put back to an older copy');
      world.asked.noteRestoredTables();
      return world.stores.restore(OLDER_BY);
    }
    if (fault.what === 'stick tables') {
      world.hasHappened('tables stuck', 'the read database answers nothing any more');
      world.areTablesStuck = true;
      return;
    }
    if (fault.what === 'lose tables') {
      world.hasHappened('tables lost', 'the read database is empty');
      world.asked.noteLostTables();
      return world.stores.lose();
    }
    if (fault.what === 'restore log') return world.restoreLog(fault.transitions);
    const life = this.#running.get(fault.slot)?.life;
    if (life === undefined || life.isOver) return;
    switch (fault.what) {
      case 'kill':
        return this.#kill(life, fault.ms);
      case 'stop':
        return this.#stop(fault.slot, fault.ms);
      case 'freeze':
        return this.#freeze(life, fault.ms);
      case 'jump':
        world.hasHappened('clock jumped', `${life.slot}: its clock is off by ${fault.ms} ms`);
        return this.#setClock(life, fault.ms);
      case 'lose connection':
        world.hasHappened('connection lost', `${life.slot}: loses its connection to the broker`);
        return world.broker.loseConnection(life);
    }
  }

  #kill(life: Life, restartAfterMs: number): void {
    if (life.isOver) return;
    this.#world.hasHappened('killed', `${life.slot}: is killed`);
    this.#end(life, restartAfterMs);
  }

  /** And begins again. */
  #end(life: Life, restartAfterMs: number): void {
    if (life.isOver) return;
    const { time, scenario } = this.#world;
    life.kill();
    if (scenario.profile === 'embedded') this.#loseTables();
    const atTheLatest = Math.max(0, scenario.peaceAt - time.passed());
    const afterMs = this.#world.isPeace ? restartAfterMs : Math.min(restartAfterMs, atTheLatest);
    void time.sleep(afterMs).then(() => this.#start(life.slot));
  }

  #stop(slot: Slot, restartAfterMs: number): void {
    const process = this.#running.get(slot);
    if (process === undefined) return;
    this.#world.hasHappened('stopped', `${slot}: is asked to stop`);
    this.#stopping.add(process.life);
    void process.stop().then(() => {
      this.#world.tell(() => `${slot}: has stopped`);
      this.#end(process.life, restartAfterMs);
    });
  }

  #freeze(life: Life, durationMs: number): void {
    const { time, scenario } = this.#world;
    this.#world.hasHappened('frozen', `${life.slot}: is frozen for ${durationMs} ms`);
    life.freeze(Math.min(durationMs, Math.max(0, scenario.peaceAt - time.passed())));
  }

  /** A cache may be gone after a kill, or be an older one. */
  #loseTables(): void {
    const { stores, scenario } = this.#world;
    this.#deaths++;
    const fault = ofKind(scenario.faults, 'tables').find(({ nth }) => nth === this.#deaths);
    if (fault === undefined) return;
    this.#world.hasHappened(`tables ${fault.what}`, `the read tables are ${fault.what}`);
    if (fault.what === 'lost') stores.lose();
    else stores.restore(OLDER_BY);
  }
}
