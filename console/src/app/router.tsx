import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { readRecordFilters } from '../pages/audit/record-filters.ts';
import { readDeadLetterFilters } from '../pages/dead-letters/filters.ts';
import { readMoment } from '../pages/event/moment.ts';
import { readFilters } from '../pages/events/filters.ts';
import { readGroupFilters } from '../pages/failure-groups/filters.ts';
import { readLiveFilters } from '../pages/live/live-filters.ts';
import { OverviewPage } from '../pages/overview/overview-page.tsx';
import { readPeriod } from '../pages/overview/period.ts';
import { readPlanFilters } from '../pages/plans/plan-states.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });
const at = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

/** THE LIST of pages. What a page shows is in its address, behind the #, which no server is sent. */
const pages = root.addChildren([
  createRoute({ ...at('/'), component: OverviewPage, validateSearch: readPeriod }),
  createRoute({
    ...at('/events'),
    component: lazyRouteComponent(() => import('../pages/events/events-page.tsx'), 'EventsPage'),
    validateSearch: readFilters,
  }),
  createRoute({
    ...at('/events/$id'),
    component: lazyRouteComponent(() => import('../pages/event/event-page.tsx'), 'EventPage'),
    validateSearch: readMoment,
  }),
  createRoute({
    ...at('/dead-letters'),
    component: lazyRouteComponent(() => import('../pages/dead-letters/dead-letters-page.tsx'), 'DeadLettersPage'),
    validateSearch: readDeadLetterFilters,
  }),
  createRoute({
    ...at('/failure-groups'),
    component: lazyRouteComponent(() => import('../pages/failure-groups/failure-groups-page.tsx'), 'FailureGroupsPage'),
    validateSearch: readGroupFilters,
  }),
  createRoute({
    ...at('/failure-groups/$id'),
    component: lazyRouteComponent(() => import('../pages/failure-group/failure-group-page.tsx'), 'FailureGroupPage'),
  }),
  createRoute({
    ...at('/plans'),
    component: lazyRouteComponent(() => import('../pages/plans/plans-page.tsx'), 'PlansPage'),
    validateSearch: readPlanFilters,
  }),
  createRoute({
    ...at('/plans/$id'),
    component: lazyRouteComponent(() => import('../pages/plans/plan-page.tsx'), 'PlanPage'),
  }),
  createRoute({
    ...at('/types'),
    component: lazyRouteComponent(() => import('../pages/types/types-page.tsx'), 'TypesPage'),
  }),
  createRoute({
    ...at('/live'),
    component: lazyRouteComponent(() => import('../pages/live/live-page.tsx'), 'LivePage'),
    validateSearch: readLiveFilters,
  }),
  createRoute({
    ...at('/audit'),
    component: lazyRouteComponent(() => import('../pages/audit/audit-page.tsx'), 'AuditPage'),
    validateSearch: readRecordFilters,
  }),
  createRoute({
    ...at('/projections'),
    component: lazyRouteComponent(() => import('../pages/projections/projections-page.tsx'), 'ProjectionsPage'),
  }),
  createRoute({
    ...at('/projections/$name/$id'),
    component: lazyRouteComponent(() => import('../pages/projections/rebuild-page.tsx'), 'RebuildPage'),
  }),
]);

export const router = createRouter({ routeTree: pages, history: createHashHistory(), defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
