import { createHashHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { EventPage } from '../pages/event/event-page.tsx';
import { EventsPage } from '../pages/events/events-page.tsx';
import { readFilters } from '../pages/events/filters.ts';
import { OverviewPage } from '../pages/overview/overview-page.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });

/** THE LIST of pages. What a page shows is in its address, behind the #, which no server is sent. */
const pages = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage }),
  createRoute({ getParentRoute: () => root, path: '/events', component: EventsPage, validateSearch: readFilters }),
  createRoute({ getParentRoute: () => root, path: '/events/$id', component: EventPage }),
]);

export const router = createRouter({ routeTree: pages, history: createHashHistory(), defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
