/** Of length 1, as distances need it, with as many digits as `real` keeps. A text that says nothing is close to nothing. */
export function vectorOf(given: readonly number[]): readonly number[] {
  const length = Math.hypot(...given);
  return given.map((each) => (length === 0 ? 0 : Number((each / length).toPrecision(7))));
}
