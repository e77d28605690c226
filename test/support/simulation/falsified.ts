import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Life } from './life.ts';
import { eventIdOfKey } from './people.ts';
import type { FalsifiedFault } from './scenario.ts';

interface Changed {
  readonly revision: bigint;
  /** The process that wrote it, which may go on from what it has in memory. */
  readonly writer: Life | null;
}

/** Changes transitions as the log keeps them, and says who acts on what does not match its hashes. */
export class Falsified {
  readonly #faults: readonly FalsifiedFault[];
  readonly #happened: (what: string) => void;
  readonly #seen: (what: string) => void;
  readonly #changed = new Map<string, Changed>();
  #writer: Life | null = null;

  constructor(
    faults: readonly FalsifiedFault[],
    { happened, seen }: { readonly happened: (what: string) => void; readonly seen: (what: string) => void },
  ) {
    this.#faults = faults;
    this.#happened = happened;
    this.#seen = seen;
  }

  /** Of events with a transition that was changed. */
  has(eventId: string): boolean {
    return this.#changed.has(eventId);
  }
  /** Of one event of which nothing may be made, because its receipt was changed. */
  hasReceiptOf(eventId: string): boolean {
    return this.#changed.get(eventId)?.revision === 0n;
  }

  /** Whose appends the next ones are, until the end of this turn. */
  appends(life: Life): void {
    this.#writer = life;
  }

  /** What the log keeps. */
  readonly kept = (recorded: RecordedTransition): RecordedTransition => {
    const id = idOf(recorded);
    const before = this.#changed.get(id);
    // Nobody who wrote a receipt goes on from it.
    if (before !== undefined && (before.revision === 0n || before.writer !== this.#writer))
      this.#seen(`${recorded.type} was appended to ${recorded.stream}, which does not match its hashes`);
    const isMeant = ({ key, revision }: FalsifiedFault) =>
      eventIdOfKey(key) === id && BigInt(revision) === recorded.revision;
    if (before !== undefined || !this.#faults.some(isMeant)) return recorded;
    this.#changed.set(id, { revision: recorded.revision, writer: this.#writer });
    this.#happened(`${recorded.type} of ${recorded.stream.slice(0, 14)} is changed in the log`);
    return { ...recorded, ...changeOf(recorded) };
  };

  /** To be called with what is written into rows. */
  noteRows(transitions: readonly RecordedTransition[]): void {
    for (const { stream, revision, type } of transitions)
      if (this.#changed.get(idOf({ stream }))?.revision === revision)
        this.#seen(`${type} of ${stream} is in the rows, and does not match its hashes`);
  }
}

const idOf = ({ stream }: Pick<RecordedTransition, 'stream'>) => stream.slice(stream.indexOf('-') + 1);

/** Such that it can be read as well as before. */
const changeOf = ({ data, recordedAt }: RecordedTransition) => {
  const changed = data.replace('1.0', '9.0');
  return changed === data ? { recordedAt: recordedAt.replace(/^..../, '2001') } : { data: changed };
};
