import { type CorpusCase, refused, taken } from './cases.ts';

const { MAX_SAFE_INTEGER, MAX_VALUE, MIN_VALUE, EPSILON } = Number;

/** Around each bound of integers and doubles: beside it, on it, and written in other ways. */
const inside = [
  ...[8, 16, 31, 32, 53, 63, 64, 128].flatMap((bits) => [-1n, 0n, 1n].map((near) => 2n ** BigInt(bits) + near)),
  ...[15, 16, 17, 18, 19, 20, 38, 100, 308].flatMap((digits) => [10n ** BigInt(digits) - 1n, 10n ** BigInt(digits)]),
  ...[MAX_SAFE_INTEGER, MAX_VALUE, MIN_VALUE, EPSILON, 2.225073858507201e-308, 2.2250738585072014e-308],
  ...['1e308', '1.7976931348623157e308', '1.7976931348623157E+308', '0.1e309', '17976931348623157e292'],
  ...[
    '1e-308',
    '1e-323',
    '5e-324',
    '4.9e-324',
    '1e-400',
    '0e-400',
    '0.1',
    '0.30000000000000004',
    '1.0',
    '1.00',
    '100e-2',
    '0.0',
  ],
  ...[
    '123456789.123456789123456789',
    `0.${'1'.repeat(900)}`,
    '1'.repeat(300),
    `0.${'0'.repeat(300)}1`,
    '1e+00000000000000001',
  ],
  // Zeros with an exponent that no double has: they are zero, and `numeric` takes them up to the last of these.
  ...['0e309', '0e131072', '0.0e1000', '0e1073741822'],
  ...['-0', '-0.0', '-0e0', '0e1', '0e308', '0E+0'],
].map(String);

/** Beyond a double, beyond `numeric`, or too long to be worth keeping. */
const outside = [
  ...[
    '1e309',
    '1.7976931348623159e308',
    '2e308',
    '1e400',
    '1e1000',
    '1e131072',
    '1e99999999999',
    '1e9223372036854775808',
    '0e1073741823',
    '0e1073741824',
  ],
  ...[
    '1e-401',
    '1e-16384',
    '1e-99999999999',
    '1e-2147483649',
    `1${'0'.repeat(309)}`,
    '1'.repeat(1_001),
    `0.${'1'.repeat(1_000)}`,
  ],
];

const signed = (number: string) => (number.startsWith('-') ? [number] : [number, `-${number}`]);

export const numberCases: readonly CorpusCase[] = [
  ...inside.flatMap(signed).map((number) => taken(`number ${number.slice(0, 40)}`, `[${number}, {"n":${number}}]`)),
  ...outside.flatMap(signed).map((number) => refused(`number ${number.slice(0, 40)}`, `[${number}]`)),
];
