import type { paths } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

type Query = NonNullable<paths['/v1/access-records']['get']['parameters']['query']>;
export type RecordFilters = Pick<Query, 'principal' | 'act' | 'since' | 'until'>;

export const readRecordFilters = (search: Record<string, unknown>): RecordFilters => readTexts(search);

export const acts = [
  'ReplayRequested',
  'EventDiscarded',
  'ApiKeyCreated',
  'ApiKeyRevoked',
  'FailureGroupResolved',
  'FailureGroupMerged',
  'FailureGroupSplit',
  'FailureGroupActUndone',
  'ExplanationRequested',
  'RebuildRequested',
  'RebuildComparisonRequested',
  'RebuildDifferencesAccepted',
  'RebuildPromotionRequested',
  'RebuildRollbackRequested',
  'RebuildCancelled',
  'RebuildDropRequested',
  'ReplayPlanRequested',
  'ReplayPlanStarted',
  'ReplayPlanPaused',
  'ReplayPlanResumed',
  'ReplayPlanAborted',
  'RowRepairRequested',
  'EventTypePaused',
  'EventTypeResumed',
  'AccessRefused',
  'PayloadsRead',
  'LogExported',
] as const satisfies readonly NonNullable<RecordFilters['act']>[];
