import { Malformed } from './failures.ts';

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;
export const TILE_LEVELS = 8;
const MAX_LEVEL = 63;

/** A tile of hashes at a level, or the bundle of the entries below a tile of level 0; `width` is {@link TILE_WIDTH} when full. */
export interface TileName {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** C2SP tlog-tiles: `tile/0/x001/x234/067`, and for a partial tile `tile/0/273.p/112`. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** @throws {Malformed} for everything that {@link tilePath} does not write. */
export function parseTilePath(path: string): TileName {
  const [, level = '', groups = '', width] = PATH.exec(path) ?? [];
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isOne = name.level === 'entries' || name.level <= MAX_LEVEL;
  if (level === '' || !isOne || !Number.isSafeInteger(name.index) || tilePath(name) !== path)
    throw new Malformed(
      'The path',
      'is not that of a tile, such as tile/0/x001/234, tile/1/000.p/17 or tile/entries/000',
    );
  return name;
}
