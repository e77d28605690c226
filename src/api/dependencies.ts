import type { ApiKeys } from '../application/api-keys/follow-api-keys.ts';
import type { NotedUses } from '../application/api-keys/note-uses.ts';
import type { AccessCounts } from '../application/count-accesses.ts';
import type { ConfiguredTypes } from '../application/event-types/configured-types.ts';
import type { TypePauses } from '../application/event-types/type-pauses.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { MonotonicClock } from '../application/ports/clock.ts';
import type { EmbeddingProvider } from '../application/ports/embedding-provider.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import type { EventLoop } from '../application/ports/event-loop.ts';
import type { KeyUses } from '../application/ports/key-uses.ts';
import type { LogSegmentsReader } from '../application/ports/log-segments.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import type { RequestTraces } from '../application/ports/request-traces.ts';
import type { RowRepair } from '../application/ports/row-repair.ts';
import type { SecretSource } from '../application/ports/secret-source.ts';
import type { TreeReader } from '../application/ports/tree-store.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { ReplayPermission } from '../domain/event/commands.ts';
import type { ReadDatabase } from '../projections/events/queries.ts';
import type { Console } from './console/console.ts';
import type { EventWaits } from './event-waits.ts';
import type { Limits } from './limits.ts';
import type { LiveStreams } from './live-stream/live-streams.ts';
import type { PermissionsOfRoles } from './permissions.ts';
import type { AnsweredRequest } from './plugins/answered-requests.ts';
import type { RateLimiting } from './plugins/rate-limits.ts';
import type { ProblemCode } from './problem-details.ts';
import type { ReceiptWaits } from './receipt-waits.ts';

/** One thing that must work before requests should come here. */
export interface ReadinessCheck {
  readonly part: string;
  /** What is wrong, in words for an operator; `null` when nothing is. */
  check(): Promise<string | null>;
  /** Requests may come without it: it is named, and does not keep them away. */
  readonly isDispensable?: boolean;
}

/** What the API stands on. It can read the log and the read tables, and change events through the use cases alone. */
export interface ApiDependencies {
  readonly useCases: Pick<
    UseCases,
    | 'receiveEvent'
    | 'replayEvent'
    | 'discardEvent'
    | 'correctEvent'
    | 'actOnFailureGroup'
    | 'createApiKey'
    | 'revokeApiKey'
    | 'operateRebuild'
    | 'operateRowRepair'
    | 'requestReplayPlan'
    | 'operateReplayPlan'
    | 'operateEventType'
  >;
  readonly log: Pick<EventReader, 'readStream' | 'readPages' | 'subscribeAll' | 'head'>;
  /**
   * The read tables as they are currently. @param readModel by its name, the one that is asked; `events` by default.
   * @throws {ReadDatabaseUnavailable} while there are none, or those of the read model are not to be shown.
   */
  readonly readDatabase: (readModel?: string) => ReadDatabase;
  /** Writes an event's rows again. */
  readonly rowRepair: RowRepair;
  /** The tree over all histories, whoever anchors them. */
  readonly auditTree: TreeReader;
  /** Where in the log times are. */
  readonly logSegments: LogSegmentsReader;
  /** Of tokens; API keys are judged by `apiKeys`. */
  readonly authenticator: Authenticator;
  readonly apiKeys: ApiKeys;
  readonly keyUses: KeyUses;
  readonly secrets: SecretSource;
  /** What cursors are made with: the same in all processes. @throws {ReadDatabaseUnavailable} */
  readonly cursorKey: () => Promise<Buffer>;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly clock: MonotonicClock;
  readonly random: Random;
  readonly logger: Logger;
  /** What the handler of an event type allows; `safe` where none is configured. */
  readonly replayPermissionOf: (type: string) => ReplayPermission;
  /** What the configuration says about types; nothing by default. */
  readonly configuredTypes?: ConfiguredTypes;
  /** Which types are paused, as far as this process has heard; none by default. */
  readonly pauses?: Pick<TypePauses, 'over' | 'all'>;
  /** Most members of one replay plan; 100,000 by default. */
  readonly planMaxEvents?: number;
  /** Whether failures are explained; without it, requests for explanations are taken. */
  readonly explains?: boolean;
  /** Makes vectors of failures that are asked for; the local one by default. */
  readonly embeddings?: EmbeddingProvider;
  /** What each role may do, where it is not the usual. */
  readonly permissionsOfRoles?: PermissionsOfRoles;
  /** Counts who is refused, and who reads payloads. */
  readonly accessCounts?: Pick<AccessCounts, 'count'>;
  /** Called with every request that was answered. */
  readonly requestAnswered?: (request: AnsweredRequest) => void;
  /** Called with the code of every problem that is sent. */
  readonly countProblem?: (code: ProblemCode) => void;
  /** Follows requests; without it, none is followed. */
  readonly requestTraces?: RequestTraces | undefined;
  /** What is served to browsers; nothing by default. */
  readonly console?: Console | null;
  /** Whose pages may use the API; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and networks of the proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustProxy?: readonly string[];
  /** How many requests one principal may send; without it, any number. */
  readonly rateLimits?: RateLimiting;
  /** Without it, requests are taken however late the process is. */
  readonly eventLoop?: EventLoop;
  /** Other limits than the default ones. */
  readonly limits?: Partial<Limits>;
}

/** What a route gets. */
export type RouteDependencies = Required<
  Omit<
    ApiDependencies,
    | 'limits'
    | 'requestAnswered'
    | 'countProblem'
    | 'accessCounts'
    | 'keyUses'
    | 'requestTraces'
    | 'corsOrigins'
    | 'trustProxy'
    | 'rateLimits'
    | 'eventLoop'
  >
> & {
  readonly notedUses: NotedUses;
  readonly limits: Limits;
  readonly waits: EventWaits;
  readonly receiptWaits: ReceiptWaits;
  readonly liveStreams: LiveStreams;
};
