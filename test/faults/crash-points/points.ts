import { type CrashPoint, crashPoints } from '../../../src/main/crash-points/crash-points.ts';
import type { Role } from '../../support/processes/role-process.ts';

export interface Crash {
  readonly point: CrashPoint;
  readonly times: number;
}

/** What no load of this version brings about: its log holds no transitions of another one. */
const isOfAnotherVersion = (point: CrashPoint) => point.startsWith('read-due-work-again.');
/** Asked for by no load. */
const isOfFailureGroups = (point: CrashPoint) => /^append-(FailureGroup|ExplanationRequested)/.test(point);
/** Come to once for each kind of failure, of which a load has few. */
const isOfExplainer = (point: CrashPoint) => /^(append-FailureExplained|take-call|ask-model)\./.test(point);
/** Asked for by no load. The process that carries plans out is killed at each of its steps in test/unit/worker/replay-plans. */
const isOfReplayPlans = (point: CrashPoint) => point.startsWith('append-ReplayPlan');
/** Asked for by no load either. What the sweep loses in between is in test/unit/worker/pauses. */
const isOfPauses = (point: CrashPoint) => /^(append-EventType|park-due-work)/.test(point);
/** Asked for by no load, and right again at the next request, whatever of it was recorded: test/api/row-repair.test.ts. */
const isOfRowRepairs = (point: CrashPoint) => point.startsWith('append-RowRepair');
export const isOutOfReach = (point: CrashPoint) =>
  [isOfAnotherVersion, isOfFailureGroups, isOfReplayPlans, isOfPauses, isOfRowRepairs].some((isOf) => isOf(point));

/** At its first time in a life, when it has explained nothing, and at its second. */
export const explainerCrashes: readonly Crash[] = [1, 2].flatMap((times) =>
  crashPoints.filter(isOfExplainer).map((point) => ({ point, times })),
);

/** What an operator has to ask for a rebuild for. */
const ofRebuild = /^(append-Rebuild\w+|(create|fill|index|drop)-copy|(exchange|compare)-copies)\./;
/** What goes wrong in a rebuild, or differs, is not for a load to bring about. */
export const isOfFailedRebuild = (point: CrashPoint) =>
  /^append-Rebuild(ExchangeFailed|Failed|DifferencesAccepted)\./.test(point);
/** What one process with an embedded log never does: it shares with no other, and its log is never away. */
const fullProfileOnly = /^(release|take-lease|renew-lease|release-lease)\./;
/** Come to once in the life of a process, or once in each of its roles. */
const onceInALife =
  /^(consume|read-head|load-checkpoint|load-projection|mark-behind|mark-caught-up|verify-checkpoint|hasten-due-work|append-ProcessingInterrupted|append-AuditCheckpointSigned)\./;

/** Come to by other tests. */
const isOfOthers = (point: CrashPoint) => fullProfileOnly.test(point) || ofRebuild.test(point) || isOfExplainer(point);

/** Every other point at its first time, and the others later in a life, where a process comes there often. */
export const embeddedCrashes = (seed: number): readonly Crash[] =>
  crashPoints
    .filter((point) => !isOfOthers(point) && !isOutOfReach(point))
    .map((point, index) => {
      const isLater = !onceInALife.test(point) && ((index >> 1) + index + seed) % 2 === 1;
      return { point, times: isLater ? 2 + ((index + seed) % 5) : 1 };
    });

/** Statements with which a copy is filled: what is there is looked at, then a batch is begun, written and committed. */
const STATEMENTS_OF_FILLING = 10;

/** Each at its first time in a life, which has one of most of them; a statement of filling at each of its turns. */
export const rebuildCrashes: readonly Crash[] = crashPoints
  .filter((point) => ofRebuild.test(point) && !isOfFailedRebuild(point))
  .flatMap((point) =>
    Array.from({ length: point.startsWith('fill-copy.') ? STATEMENTS_OF_FILLING : 1 }, (_, index) => ({
      point,
      times: index + 1,
    })),
  );

export interface CrashOfRole extends Crash {
  readonly role: Role;
}

/** By role: where it makes a difference that others live on, that servers are asked, and that leases are held. */
const pointsOfRole: Readonly<Record<Role, readonly CrashPoint[]>> = {
  api: [
    'append-EventReceived.before',
    'append-EventReceived.after',
    'append-ReplayRequested.before',
    'append-ReplayRequested.after',
    'append-EventDiscarded.before',
    'append-EventDiscarded.after',
    'append-ApiKeyCreated.before',
    'append-ApiKeyCreated.after',
    'append-ApiKeyRevoked.before',
    'append-ApiKeyRevoked.after',
  ],
  projector: [
    'take-lease.before',
    'take-lease.after',
    'renew-lease.before',
    'renew-lease.after',
    'project.before',
    'project.after',
    'release-lease.before',
    'release-lease.after',
  ],
  dispatcher: [
    'publish.before',
    'publish.after',
    'save-checkpoint.before',
    'save-checkpoint.after',
    // The sweep gives up what dead workers have claimed.
    'append-ProcessingInterrupted.before',
    'append-ProcessingInterrupted.after',
  ],
  worker: [
    'consume.after',
    'append-ProcessingStarted.before',
    'append-ProcessingStarted.after',
    'run-handler.before',
    'run-handler.after',
    'append-ProcessingSucceeded.before',
    'append-ProcessingSucceeded.after',
    'append-ProcessingFailed.after',
    'append-EventDeadLettered.after',
    'acknowledge.before',
    'acknowledge.after',
    'release.before',
    'release.after',
  ],
};

/** Comes about only where a worker has died with a claim. */
const needsClaim = ({ role, point }: Omit<CrashOfRole, 'times'>) =>
  role === 'dispatcher' && point.startsWith('append-ProcessingInterrupted.');
/** Leaves a claim for certain, where others do if there is something else in hand. */
const leavesClaim = ({ role, point }: CrashOfRole) => role === 'worker' && point === 'append-ProcessingStarted.after';

/**
 * Each at its first or its second time.
 * @param partOf of so many, one is taken, and what it needs to come about; 1 for all.
 */
export function fullProfileCrashes(seed: number, partOf: number): readonly CrashOfRole[] {
  const all = Object.entries(pointsOfRole).flatMap(([name, points]) =>
    points.map((point, index) => {
      const role = name as Role;
      const isOnce = /^(consume|take-lease|release-lease)\./.test(point) || needsClaim({ role, point });
      return { role, point, times: isOnce ? 1 : 1 + ((index + seed) % 2) };
    }),
  );
  const part = all.filter((_, index) => index % partOf === seed % partOf);
  return all.filter((crash) => part.includes(crash) || (part.some(needsClaim) && leavesClaim(crash)));
}
