import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

const PATIENCE_MS = 20_000;

export type RoleOfUser = 'admin' | 'operator' | 'auditor' | 'viewer';

interface View {
  readonly role?: RoleOfUser;
  /** Behind the #. */
  readonly at?: string;
  readonly colors?: 'light' | 'dark';
  readonly width?: number;
  /** Another system than that of all journeys. */
  readonly url?: string;
}

export interface Browsing {
  readonly url: string;
  /** A page as it first comes, where nobody has signed in. */
  open(view?: View): Promise<Page>;
  /** The same, signed in as a user would. */
  signedIn(role: RoleOfUser, view?: View): Promise<Page>;
  /** Posts an event as an admin; with its id. */
  post(event: { readonly type: string; readonly source?: string; readonly payload: unknown }): Promise<string>;
  /** What the API has at the path, as an admin. */
  get(path: string): Promise<unknown>;
  /** What the browser complained of since the last test: scripts and styles that the policy forbids, errors that were not caught. */
  readonly complaints: string[];
}

export const isChromiumHere = inject('console') !== null;

/** Pages of the system of all journeys. After each test they are closed, and none may have complained. */
export function browsing(): Browsing {
  const { url, token, browser: address } = inject('console') ?? { url: '', token: '', browser: '' };
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

  beforeAll(async () => {
    if (isChromiumHere) browser = await chromium.connect(address);
  });
  afterAll(async () => browser?.close());
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  const open: Browsing['open'] = async ({ at = '/', colors = 'light', width = 1_200, url: base = url } = {}) => {
    if (browser === undefined) throw new Error('There is no browser');
    const context = await browser.newContext({ colorScheme: colors, viewport: { width, height: 800 } });
    contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(
      `addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
    );
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // What the server refused is on the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    await page.goto(`${base}/#${at}`);
    return page;
  };
  const answered = async (answer: Response): Promise<unknown> => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    ...{ url, open, complaints },
    async signedIn(role, view) {
      const page = await open(view);
      await page.getByRole('button', { name: role }).click();
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      return page;
    },
    async post({ source = 'shop', ...event }) {
      const body = JSON.stringify({ source, ...event });
      const { id } = (await answered(await fetch(`${url}/v1/events`, { method: 'POST', headers, body }))) as {
        readonly id: string;
      };
      return id;
    },
    get: async (path) => answered(await fetch(`${url}${path}`, { headers })),
  };
}
