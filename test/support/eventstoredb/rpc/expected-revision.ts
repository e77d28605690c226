import { EXPECT_ANY, EXPECT_EXISTS, EXPECT_NO_STREAM } from '../log/commit-check.ts';

const LARGEST = 2n ** 63n - 1n;
const END = 2n ** 64n - 1n;

/**
 * A revision or position of the protocol, an unsigned 64-bit integer; its largest value stands for the end, as -1.
 * @throws where EventStoreDB does: between the largest signed one and the end.
 */
export function readUint64(text: string): number {
  const value = BigInt(text);
  if (value === END) return -1;
  if (value > LARGEST) throw new Error("Specified argument was out of the range of valid values. (Parameter 'value')");
  return Number(value);
}

/** What the client takes the stream to be at: as EventStoreDB numbers it, and in digits, exactly as it was sent. */
export interface Expectation {
  readonly value: number;
  readonly digits: string;
}

interface ExpectationMessage {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** `exact`: the revision, where the client has named one. Nothing where it has named no expectation at all. */
export function readExpectation(options: ExpectationMessage, exact: string | undefined): Expectation | undefined {
  if (options.hasNoStream()) return named(EXPECT_NO_STREAM);
  if (options.hasAny()) return named(EXPECT_ANY);
  if (options.hasStreamExists()) return named(EXPECT_EXISTS);
  if (exact === undefined) return undefined;
  const value = readUint64(exact);
  return value < 0 ? named(EXPECT_NO_STREAM) : { value, digits: exact };
}

const named = (value: number): Expectation => ({ value, digits: String(value) });
