/**
 * A value for comparing, not for use: a number that its double does not say exactly becomes text that no JSON string of
 * ours can be, because it begins with U+0000. So 9007199254740993 and 9007199254740992 stay different.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_name, value, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const exact = decimalOf(context.source);
    return exact === decimalOf(String(value)) ? value : `\u0000${exact}`;
  });
}

/** One text for each decimal number, however it is written: `1.50`, `15e-1` and `0.15e1` are one. */
function decimalOf(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
