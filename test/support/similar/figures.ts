/** What came of asking for three neighbours of each member of each family. */
export interface FamilyFigures {
  readonly family: string;
  readonly returned: number;
  readonly right: number;
  /** Members of a family have so many others together. */
  readonly wanted: number;
}

export interface Figures {
  readonly families: readonly FamilyFigures[];
  readonly singletons: number;
  readonly singletonsWithNeighbour: readonly string[];
}

/** @param neighbours the events that are found for one, at most three. */
export async function figuresOf(
  families: Readonly<Record<string, readonly string[]>>,
  singletons: readonly string[],
  {
    idOf,
    neighbours,
  }: {
    readonly idOf: (text: string) => string;
    readonly neighbours: (text: string) => Promise<readonly string[]>;
  },
): Promise<Figures> {
  const measured: FamilyFigures[] = [];
  for (const [family, members] of Object.entries(families)) {
    const ids = new Set(members.map(idOf));
    let returned = 0;
    let right = 0;
    for (const member of members) {
      const found = await neighbours(member);
      returned += found.length;
      right += found.filter((id) => ids.has(id)).length;
    }
    measured.push({ family, returned, right, wanted: members.length * 3 });
  }
  const found: string[] = [];
  for (const text of singletons) if ((await neighbours(text)).length > 0) found.push(text);
  return { families: measured, singletons: singletons.length, singletonsWithNeighbour: found };
}

const sum = (families: readonly FamilyFigures[], of: (each: FamilyFigures) => number) =>
  families.reduce((all, each) => all + of(each), 0);

export const precisionOf = (families: readonly FamilyFigures[]) =>
  sum(families, ({ right }) => right) /
  Math.max(
    1,
    sum(families, ({ returned }) => returned),
  );
export const recallOf = (families: readonly FamilyFigures[]) =>
  sum(families, ({ right }) => right) / sum(families, ({ wanted }) => wanted);

/** As a table, the worst family first. */
export function drawFigures({ families, singletons, singletonsWithNeighbour }: Figures): string {
  const rows = families
    .toSorted((one, other) => one.right - other.right || one.family.localeCompare(other.family))
    .map(
      ({ family, returned, right, wanted }) =>
        `${family.padEnd(42)} ${right}/${returned}`.padEnd(52) + `${right}/${wanted}`,
    );
  return [
    `${'family'.padEnd(42)} ${'precision'.padEnd(9)} recall`,
    ...rows,
    `precision@3 ${precisionOf(families).toFixed(3)}, recall@3 ${recallOf(families).toFixed(3)} over ${families.length} families`,
    `singletons with a neighbour: ${singletonsWithNeighbour.length} of ${singletons}`,
    ...singletonsWithNeighbour.map((text) => `  ${text}`),
  ].join('\n');
}
