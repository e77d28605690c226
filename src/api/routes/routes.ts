import type { Route } from '../route.ts';
import { getMe } from './access/get-me.ts';
import { listAccessRecords } from './access/list-access-records.ts';
import { createApiKey } from './api-keys/create-api-key.ts';
import { listApiKeys } from './api-keys/list-api-keys.ts';
import { revokeApiKey } from './api-keys/revoke-api-key.ts';
import { getAuditCheckpoint } from './audit/get-checkpoint.ts';
import { getAuditExport } from './audit/get-export.ts';
import { getAuditTile } from './audit/get-tile.ts';
import { getConsoleFile } from './console/get-console-file.ts';
import { getConsolePage } from './console/get-console-page.ts';
import { getConsoleSettings } from './console/get-console-settings.ts';
import { issueDevelopmentToken } from './console/issue-development-token.ts';
import { discardDeadLetter } from './dead-letters/discard-dead-letter.ts';
import { groupDeadLetters } from './dead-letters/group-dead-letters.ts';
import { listDeadLetters } from './dead-letters/list-dead-letters.ts';
import { listEventTypes } from './event-types/list-types.ts';
import { pauseEventType, resumeEventType } from './event-types/operate-type.ts';
import { correctEvent } from './events/correct-event.ts';
import { getDiff } from './events/get-diff.ts';
import { getEvent } from './events/get-event.ts';
import { getHistory } from './events/get-history.ts';
import { getReceipt } from './events/get-receipt.ts';
import { getTrace } from './events/get-trace.ts';
import { ingestBatch } from './events/ingest-batch.ts';
import { ingestEvent } from './events/ingest-event.ts';
import { listEvents } from './events/list-events.ts';
import { repairEvent } from './events/repair-event.ts';
import { replayEvent } from './events/replay-event.ts';
import {
  mergeFailureGroup,
  resolveFailureGroup,
  splitFailureGroup,
  undoFailureGroupAct,
} from './failures/failure-group-acts.ts';
import { getExplanation } from './failures/get-explanation.ts';
import { getFailureGroup } from './failures/get-failure-group.ts';
import { getSimilar } from './failures/get-similar.ts';
import { listFailureGroups } from './failures/list-failure-groups.ts';
import { requestExplanation } from './failures/request-explanation.ts';
import { searchSimilar } from './failures/search-similar.ts';
import { health } from './health/health.ts';
import { readiness } from './health/readiness.ts';
import { listHistory } from './history/list-history.ts';
import { followTransitions } from './live-stream/follow-transitions.ts';
import { getRebuild } from './projections/get-rebuild.ts';
import { listProjections } from './projections/list-projections.ts';
import { operateRebuild } from './projections/operate-rebuild.ts';
import { requestRebuild } from './projections/request-rebuild.ts';
import { getDocument } from './reference/get-document.ts';
import { getReferenceFile } from './reference/get-reference-file.ts';
import { getReferencePage } from './reference/get-reference-page.ts';
import { abortReplayPlan, pauseReplayPlan, resumeReplayPlan, startReplayPlan } from './replay-plans/act-on-plan.ts';
import { createReplayPlan } from './replay-plans/create-plan.ts';
import { getReplayPlan } from './replay-plans/get-plan.ts';
import { listReplayPlanMembers } from './replay-plans/list-members.ts';
import { listReplayPlans } from './replay-plans/list-plans.ts';
import { getStatistics } from './statistics/get-statistics.ts';

/** THE LIST: every route there is, in the order in which the document of the API has them. */
export const routes: readonly Route[] = [
  ingestEvent,
  ingestBatch,
  listEvents,
  getEvent,
  getHistory,
  getReceipt,
  getTrace,
  getDiff,
  getExplanation,
  requestExplanation,
  getSimilar,
  searchSimilar,
  replayEvent,
  correctEvent,
  repairEvent,
  listDeadLetters,
  groupDeadLetters,
  discardDeadLetter,
  createReplayPlan,
  listReplayPlans,
  getReplayPlan,
  listReplayPlanMembers,
  startReplayPlan,
  pauseReplayPlan,
  resumeReplayPlan,
  abortReplayPlan,
  listEventTypes,
  pauseEventType,
  resumeEventType,
  listFailureGroups,
  getFailureGroup,
  resolveFailureGroup,
  mergeFailureGroup,
  splitFailureGroup,
  undoFailureGroupAct,
  getStatistics,
  getMe,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  listAccessRecords,
  listHistory,
  followTransitions,
  getAuditCheckpoint,
  getAuditTile,
  listProjections,
  requestRebuild,
  getRebuild,
  operateRebuild,
  getAuditExport,
  health,
  readiness,
  getConsolePage,
  getConsoleFile,
  getConsoleSettings,
  issueDevelopmentToken,
  getDocument,
  getReferencePage,
  getReferenceFile,
];
