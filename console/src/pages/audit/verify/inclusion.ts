import { areEqual, type Bytes, join, sha256 } from './bytes.ts';

/** RFC 6962, section 2.1: whether `proof` leads from the leaf at `index` to the root of a tree of so many leaves. */
export async function isIncluded(
  entry: Bytes,
  index: number,
  { size, root }: { readonly size: number; readonly root: Bytes },
  proof: readonly Bytes[],
): Promise<boolean> {
  if (index >= size) return false;
  const sides = sidesOf(index, size);
  if (sides.length !== proof.length) return false;
  let computed = await sha256(join([0], entry));
  for (const [step, side] of sides.entries()) {
    const beside = proof[step] as Bytes;
    computed = await sha256(side === 'left' ? join([1], beside, computed) : join([1], computed, beside));
  }
  return areEqual(computed, root);
}

/** On which side of the way each hash of the proof stands, from the leaf up. */
function sidesOf(index: number, size: number): readonly ('left' | 'right')[] {
  const sides: ('left' | 'right')[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    if (index < from + split) {
      sides.unshift('right');
      to = from + split;
    } else {
      sides.unshift('left');
      from += split;
    }
  }
  return sides;
}
