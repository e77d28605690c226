import { describe, expect, it } from 'vitest';
import { NameFilter, namePrint } from '../../../src/adapters/embedded-log/database/name-filter.ts';

const names = Array.from({ length: 32_768 }, (_, index) => `event-${index}`);

function filterOf(held: readonly string[]): NameFilter {
  const filter = NameFilter.empty();
  for (const name of held) filter.add(namePrint(name));
  return filter;
}

describe('a filter of stream names', () => {
  it('never says no to a name that is in it, and seldom maybe to another', () => {
    const filter = filterOf(names);
    expect(names.filter((name) => !filter.mayHold(namePrint(name)))).toEqual([]);
    const others = names.filter((name) => filter.mayHold(namePrint(`other-${name}`)));
    expect(others.length).toBeLessThan(names.length / 100);
  });

  it('is stored and loaded as it is', () => {
    const { bits, sha256 } = filterOf(names.slice(0, 100)).stored();
    const loaded = NameFilter.load(bits, sha256);
    expect(names.slice(0, 100).every((name) => loaded?.mayHold(namePrint(name)))).toBe(true);
    expect(loaded?.mayHold(namePrint('other'))).toBe(false);
  });

  it('is not loaded when a bit of it has changed, or it is of another size', () => {
    const { bits, sha256 } = filterOf(names).stored();
    const changed = bits.slice();
    changed[17] = (changed[17] ?? 0) ^ 1;
    expect(NameFilter.load(changed, sha256)).toBeNull();
    expect(NameFilter.load(bits.slice(1), sha256)).toBeNull();
  });

  it('is always the same for the same names, because files keep it', () => {
    expect(namePrint('event-1')).toEqual({ first: 2_977_110_247, step: 3_137_679_049 });
    expect(filterOf(['event-1', 'ä€😀']).stored().sha256).toBe(
      '10ca0dfc5291d0f3d6487dcd908248fed49a481f0e17e004b6c35fe857f88dea',
    );
  });
});
