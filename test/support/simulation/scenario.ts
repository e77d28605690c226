import type { LimitedModule } from './limits.ts';

/** Where a process can be: each slot has at most one process at a time, which is started again when it was killed. */
export type Slot = `${'all' | 'api' | 'projector' | 'dispatcher' | 'worker'}-${number}`;

/** What a process asks of the world outside it. */
export const calls = [
  'append',
  'read-stream',
  'receive',
  'head',
  'verify-checkpoint',
  'publish',
  'take-command',
  'acknowledge',
  'release',
  'load-checkpoint',
  'project',
  'load-place',
  'save-place',
  'is-caught-up',
  'set-caught-up',
  'list-passed-over',
  'repair',
  'put-off-repair',
  'take-due',
  'put-off',
  'hasten',
  'read-again',
  'backlog',
  'take-lease',
  'renew-lease',
  'release-lease',
  'run-handler',
  'answer',
] as const;
export type Call = (typeof calls)[number];

/** The server that a call goes to; the others stay within the process. */
export type Part = 'log' | 'broker' | 'tables';
export const partOf: Readonly<Partial<Record<Call, Part>>> = {
  ...{ append: 'log', 'read-stream': 'log', receive: 'log', head: 'log', 'verify-checkpoint': 'log' },
  ...{ 'load-checkpoint': 'tables', project: 'tables', 'load-place': 'tables', 'save-place': 'tables' },
  ...{ 'list-passed-over': 'tables', repair: 'tables', 'put-off-repair': 'tables' },
  ...{ 'is-caught-up': 'tables', 'set-caught-up': 'tables', 'take-due': 'tables', 'put-off': 'tables' },
  ...{ hasten: 'tables', 'read-again': 'tables', 'take-lease': 'tables', 'renew-lease': 'tables' },
  ...{ 'release-lease': 'tables', publish: 'broker', backlog: 'broker' },
};

export type Effect =
  /** SIGKILL on the way there, or on the way back. */
  | 'kill before'
  | 'kill after'
  /** It is not done, and says so. */
  | 'refused'
  /** It is not done, and no answer comes. */
  | 'vanished'
  /** It is done, and the answer does not come. */
  | 'lost'
  /** The answer does not come, and it is done later. */
  | 'late'
  | 'slow'
  /** The process is frozen before or after, and goes on as if nothing had been. */
  | 'freeze before'
  | 'freeze after';

/** What goes wrong at one call of one process, counted over all the processes of its slot. */
export interface CallFault {
  readonly kind: 'call';
  readonly slot: Slot;
  readonly call: Call;
  readonly nth: number;
  readonly effect: Effect;
  /** For how long; after a kill, until the next start. */
  readonly ms: number;
}

/** What goes wrong at a moment, in milliseconds since the beginning. */
export type TimedFault = {
  readonly kind: 'timed';
  readonly at: number;
} /** Killed, or stopped as a rolling restart does, and started again after so long; or frozen for so long. */ & (
  | { readonly what: 'kill' | 'stop' | 'freeze'; readonly slot: Slot; readonly ms: number }
  /** Its clock is off by so much from then on. */
  | { readonly what: 'jump'; readonly slot: Slot; readonly ms: number }
  | { readonly what: 'lose connection'; readonly slot: Slot }
  | { readonly what: 'wipe broker' }
  /** A server is away from all processes for so long. */
  | { readonly what: 'outage'; readonly of: Part; readonly ms: number }
  /** The read database is put back to an older copy, under processes that are at work. */
  | { readonly what: 'restore tables' }
  /** A file that could not be made leaves the embedded read database in a state in which it refuses everything. */
  | { readonly what: 'stick tables' }
  /** The read database is empty, under processes that are at work. */
  | { readonly what: 'lose tables' }
  /** The log is put back to what it was so many transitions ago, under processes that are at work. */
  | { readonly what: 'restore log'; readonly transitions: number }
);

/** What the broker does with the n-th command that it is given. */
export interface CommandFault {
  readonly kind: 'command';
  readonly nth: number;
  readonly what: 'lose' | 'repeat';
}

/** What happens to the embedded read tables when their process is killed for the n-th time. */
export interface TablesFault {
  readonly kind: 'tables';
  readonly nth: number;
  readonly what: 'lost' | 'older';
}

/** The read database refuses to keep what an event was received with, until so long after the beginning. */
export interface RowFault {
  readonly kind: 'row';
  /** Of the event; `null`: of every event, as a pooler's outage looks to one who takes it for refused data. */
  readonly key: string | null;
  readonly from: number;
  /** `null`: permanently. */
  readonly until: number | null;
}

/** A process's machine has a clock that is off by so much, whichever process has the slot. */
export interface ClockFault {
  readonly kind: 'clock';
  readonly slot: Slot;
  readonly ms: number;
}

/** What the log keeps of one transition is not what was written. */
export interface FalsifiedFault {
  readonly kind: 'falsified';
  /** Of the event. */
  readonly key: string;
  readonly revision: number;
}

export type Fault = CallFault | TimedFault | CommandFault | TablesFault | RowFault | ClockFault | FalsifiedFault;

/** What a handler does in one attempt. */
export type Conduct =
  | 'succeeds'
  | 'fails'
  | 'is refused for good'
  | 'hangs'
  | 'is slow'
  /** Waits for an answer over the network, almost as long as it may. */
  | 'asks another service'
  /** Takes the process with it that runs it, each time. */
  | 'ends its process'
  /** Ends the process of handlers that it shares with others, each time. */
  | 'ends its process of handlers'
  /** Keeps the thread of that process, each time, until it is killed. */
  | 'holds its thread';

export interface PostedEvent {
  readonly key: string;
  readonly postedAt: number;
  /** How many clients post it under its key at the same time. */
  readonly clients: number;
  /** A later request under the same key that asks for something else. */
  readonly isReusedLater: boolean;
  /** By attempt; the last one stays. */
  readonly conduct: readonly Conduct[];
}

export interface OperatorAct {
  readonly what: 'replay' | 'discard';
  /** The key of the event. */
  readonly key: string;
  readonly at: number;
  readonly operator: string;
}

/** A cap, page, batch, pause or timeout, by the module whose constants name it. */
export interface ScenarioLimit {
  readonly of: LimitedModule;
  readonly limit: string;
  readonly value: number;
}

/** A whole run: the same scenario is the same run, step by step. */
export interface Scenario {
  readonly seed: number;
  readonly profile: 'embedded' | 'full';
  readonly slots: readonly Slot[];
  readonly events: readonly PostedEvent[];
  readonly acts: readonly OperatorAct[];
  readonly faults: readonly Fault[];
  /** What is other than in production; every cap and pause that is not named is as it is there. */
  readonly limits: readonly ScenarioLimit[];
  /** Whether handlers run in processes of their own. */
  readonly isolates: boolean;
  /** Whether the projector counts statistics, too. */
  readonly countsStatistics: boolean;
  /** No worker is started before, in milliseconds since the beginning. */
  readonly workersFrom: number;
  /** When faults stop, clocks are right again and every process runs. */
  readonly peaceAt: number;
}
