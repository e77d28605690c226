import { hash } from 'node:crypto';
import { GENERATION_BITS } from './schema.ts';

/** 16 bits for each name and 7 probes: about 1 in 1,000 foreign names is looked up in vain. */
const BITS = 2 ** (GENERATION_BITS + 4);
const PROBES = 7;

/** A name as the filters know it. Both halves are permanent: finished filters are stored. */
export interface NamePrint {
  readonly first: number;
  readonly step: number;
}

export function namePrint(name: string): NamePrint {
  return { first: fnv1a(name, 0x811c9dc5), step: (fnv1a(name, 0x2d51a3b9) | 1) >>> 0 };
}

/** FNV-1a over UTF-16 units, then a finalizer, because nearby names must not share their low bits. */
function fnv1a(name: string, seed: number): number {
  let state = seed;
  for (let index = 0; index < name.length; index++) state = Math.imul(state ^ name.charCodeAt(index), 0x01000193);
  state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}

/** A Bloom filter over the names of one generation: "no" is certain, "maybe" is looked up. */
export class NameFilter {
  readonly #bits: Uint8Array;

  private constructor(bits: Uint8Array) {
    this.#bits = bits;
  }

  static empty(): NameFilter {
    return new NameFilter(new Uint8Array(BITS / 8));
  }

  /** `null` when the bits are not those that were stored: a filter that wrongly says no would double a stream. */
  static load(bits: Uint8Array, sha256: string): NameFilter | null {
    return bits.byteLength === BITS / 8 && hash('sha256', bits, 'hex') === sha256 ? new NameFilter(bits) : null;
  }

  stored(): { readonly bits: Uint8Array; readonly sha256: string } {
    return { bits: this.#bits, sha256: hash('sha256', this.#bits, 'hex') };
  }

  add({ first, step }: NamePrint): void {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + Math.imul(probe, step)) & (BITS - 1);
      this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  mayHold({ first, step }: NamePrint): boolean {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + Math.imul(probe, step)) & (BITS - 1);
      if (((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}
