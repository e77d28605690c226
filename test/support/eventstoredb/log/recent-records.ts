/**
 * The newest records' bytes, so that subscriptions that keep up and reads of young streams do not touch the file.
 * Bounded; everything older is read from the file. Two generations, the older one dropped whole, because taking single
 * entries from the front of a Map costs more the more have been taken.
 */
export class RecentRecords {
  readonly #generationBytes: number;
  #newer = new Map<number, Buffer>();
  #older = new Map<number, Buffer>();
  #newerBytes = 0;

  constructor(limitBytes: number) {
    this.#generationBytes = limitBytes / 2;
  }

  get(position: number): Buffer | undefined {
    return this.#newer.get(position) ?? this.#older.get(position);
  }

  add(position: number, bytes: Buffer): void {
    if (this.#newerBytes + bytes.length > this.#generationBytes) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = 0;
    }
    this.#newer.set(position, bytes);
    this.#newerBytes += bytes.length;
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
    this.#newerBytes = 0;
  }
}
