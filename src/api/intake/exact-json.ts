/**
 * A value for comparing, not for use: a number that its double does not say exactly becomes text that no JSON string of
 * ours can be, because it begins with U+0000. So 9007199254740993 and 9007199254740992 stay different.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_name, value, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const { source } = context;
    const shortest = String(value);
    if (source === shortest) return value;
    const exact = decimalOf(source);
    return exact === decimalOf(shortest) ? value : `\u0000${exact}`;
  });
}

/** One text for each decimal number, however it is written: `1.50`, `15e-1` and `0.15e1` are one. */
function decimalOf(literal: string): string {
  const sign = literal.startsWith('-') ? '-' : '';
  const e = Math.max(literal.indexOf('e'), literal.indexOf('E'));
  const mantissa = literal.slice(sign.length, e < 0 ? undefined : e);
  const point = mantissa.indexOf('.');
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  // By hand, because a pattern that looks for zeros at an end tries every zero before it.
  let [from, to] = [0, digits.length];
  while (digits.charAt(from) === '0') from++;
  while (to > from && digits.charAt(to - 1) === '0') to--;
  if (from === to) return '0';
  const exponent = e < 0 ? 0 : Number(literal.slice(e + 1));
  const places = point < 0 ? 0 : mantissa.length - point - 1;
  return `${sign}${digits.slice(from, to)}e${exponent - places + digits.length - to}`;
}
