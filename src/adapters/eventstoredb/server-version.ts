/** The first versions in which a filtered subscription skips nothing (KurrentDB #4975, #4990, #4991). */
const OLDEST_PATCHES: Readonly<Record<string, number>> = { '24.10': 5, '25.0': 1 };
const OLDEST = { major: 24, minor: 10 };

export class ServerTooOld extends Error {
  override readonly name = 'ServerTooOld';
}

/** A version that does not look like one, as of a build of one's own, is trusted. @throws {ServerTooOld} */
export function refuseOldServer(version: string): void {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return;
  const isOld = Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  const oldestPatch = OLDEST_PATCHES[`${major}.${minor}`] ?? 0;
  if (!isOld && Number(patch) >= oldestPatch) return;
  throw new ServerTooOld(
    `has version ${version}, whose filtered subscriptions can skip transitions; upgrade it to 24.10.5, 25.0.1 or later`,
  );
}
