/** What values beyond a bound count as. */
export const OTHER = 'other';

const MOST_CHARACTERS = 100;
/** All but the printable characters of ASCII, of which the names that ingest takes consist. */
const unprintable = /[^ -~]/g;
const identifier = /^[\w$.-]+$/;

export interface BoundedLabels {
  /** The label for a value; {@link OTHER} for what comes after the bound is reached. */
  of(value: string): string;
  /** Those that are known from the start, and {@link OTHER}. */
  readonly known: readonly string[];
}

interface Bound {
  /** Most distinct values beside {@link OTHER}. */
  readonly most: number;
  /** Values that come first, whatever others come meanwhile. */
  readonly known?: readonly string[];
  /** Whether a value may be a label at all. */
  readonly isTaken?: (value: string) => boolean;
}

/**
 * Each label is a series that Prometheus keeps, so that values which others choose have a bound: the first so many have a
 * label of their own. What a label may not show is replaced, and long ones are cut.
 */
export function boundedLabels({ most, known = [], isTaken = () => true }: Bound): BoundedLabels {
  const admitted = new Map<string, string>();
  const of = (value: string): string => {
    const before = admitted.get(value);
    if (before !== undefined) return before;
    if (admitted.size >= most || !isTaken(value)) return OTHER;
    const label = printable(value);
    admitted.set(value, label);
    return label;
  };
  const labels = known.map(of);
  return { of, known: [...new Set([...labels, OTHER])] };
}

/** A text as a label has it. */
export function printable(text: string): string {
  const isLong = text.length > MOST_CHARACTERS;
  const shown = (isLong ? text.slice(0, MOST_CHARACTERS) : text).replaceAll(unprintable, '\uFFFD');
  return isLong ? `${shown}…` : shown;
}

/** Whether a text is a name as programs have them: of a class, for one. */
export const isIdentifier = (text: string) => text.length <= MOST_CHARACTERS && identifier.test(text);
