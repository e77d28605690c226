export type ReferenceOutcome = { readonly first: number; readonly last: number } | { readonly conflict: number };

/** What the log is, without what makes it hard. Revisions are plain numbers; -1 is a stream that is not there. */
export class ReferenceLog {
  readonly #streams = new Map<string, string[]>();
  /** Ids in the log's order. */
  readonly all: string[] = [];

  append(stream: string, expected: number, ids: readonly string[]): ReferenceOutcome {
    const history = this.idsOf(stream);
    const first = expected + 1;
    const isKnown = first < history.length && ids.every((id, index) => history[first + index] === id);
    if (!isKnown && first !== history.length) return { conflict: history.length - 1 };
    if (!isKnown) {
      this.#streams.set(stream, [...history, ...ids]);
      this.all.push(...ids);
    }
    return { first, last: first + ids.length - 1 };
  }

  idsOf(stream: string): readonly string[] {
    return this.#streams.get(stream) ?? [];
  }
}
