import { open, readFile } from 'node:fs/promises';
import type { Acknowledged, AnsweredRequest } from '../../guarantees/evidence.ts';

export interface Witness {
  readonly acknowledged: readonly Acknowledged[];
  readonly answered: readonly AnsweredRequest[];
}

export interface WitnessFile {
  /** Resolves once it is on the disk: before that, the answer does not count. */
  acknowledged(entry: Acknowledged): Promise<void>;
  answered(entry: AnsweredRequest): Promise<void>;
  /** What the file says. */
  read(): Promise<Witness>;
  close(): Promise<void>;
}

/** Where clients write down what they were answered. What comes while a sync is under way shares the next one. */
export async function openWitnessFile(path: string): Promise<WitnessFile> {
  const file = await open(path, 'a');
  let waiting: string[] = [];
  let syncing: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const sync = async () => {
    await syncing;
    next = null;
    const lines = waiting.splice(0).join('');
    syncing = file.appendFile(lines).then(() => file.datasync());
    await syncing;
  };
  const write = (entry: object) => {
    waiting.push(`${JSON.stringify(entry)}\n`);
    next ??= sync();
    return next;
  };
  return {
    acknowledged: (acknowledged) => write({ acknowledged }),
    answered: (answered) => write({ answered }),
    read: async () => {
      const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
      const entries = lines.map(
        (line) => JSON.parse(line) as { acknowledged?: Acknowledged; answered?: AnsweredRequest },
      );
      return {
        acknowledged: entries.flatMap(({ acknowledged }) => acknowledged ?? []),
        answered: entries.flatMap(({ answered }) => answered ?? []),
      };
    },
    close: () => file.close(),
  };
}
