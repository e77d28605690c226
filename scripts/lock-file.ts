export interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly [other: string]: unknown;
}

/** Where Node would look for `name` from the package at `place`, nearest first. */
function placesOf(name: string, place: string): string[] {
  const nested = place === '' ? [] : [`${place}/node_modules/${name}`];
  const above = place.includes('/node_modules/') ? place.slice(0, place.lastIndexOf('/node_modules/')) : '';
  return place === '' ? [`node_modules/${name}`] : [...nested, ...placesOf(name, above)];
}

/** As npm would have written it, less the integrity, which only the registry knows. */
function entryFor(name: string, version: string, isDev: boolean): LockedPackage {
  const [, os = '', cpu = '', abi = ''] =
    /(android|darwin|freebsd|linux|openharmony|win32)-(\w+)(?:-(\w+))?$/.exec(name) ?? [];
  if (os === '' || !/^\d+\.\d+\.\d+/.test(version)) throw new Error(`No platform is known for ${name}@${version}`);
  const libc = os !== 'linux' ? '' : abi === 'musl' ? 'musl' : abi === 'gnu' ? 'glibc' : '';
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(libc === '' ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

/**
 * What npm leaves out of a lock file where the registry does not have it: the parts of a package for other platforms.
 * `npm ci` refuses a lock file without them, on every platform.
 */
export function missingEntries({ packages }: LockFile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [place, { optionalDependencies = {}, dev = false }] of Object.entries(packages))
    for (const [name, version] of Object.entries(optionalDependencies))
      if (!placesOf(name, place).some((each) => each in packages))
        missing[`node_modules/${name}`] = entryFor(name, version, dev);
  return missing;
}
