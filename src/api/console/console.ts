/** How a browser is to sign in, and what it may link to. All of it may be read by everyone. */
export interface ConsoleSettings {
  readonly version: string;
  /** An OIDC issuer, for a code flow with PKCE; `null` where development tokens are taken. */
  readonly issuer: { readonly url: string; readonly clientId: string; readonly audience: string } | null;
  /** Those that development tokens are issued for; empty with an issuer. */
  readonly developmentRoles: readonly string[];
  /** Where a trace is shown, with `{traceId}` in the place of its id; `null` for nowhere. */
  readonly traceUrl: string | null;
}

export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** The console as it was built. */
export interface Console {
  readonly settings: ConsoleSettings;
  /** The page, whose styles carry the nonce. */
  page(nonce: string): Promise<string>;
  /** One of those that the page loads; `null` when there is none of that name. */
  file(name: string): Promise<ConsoleFile | null>;
  /** A token for a browser on this machine; `null` where the tokens are of an issuer. */
  readonly issueToken: ((role: string) => Promise<string>) | null;
}

/** A page that runs what this server built, and nothing within itself. Mantine makes styles, which carry the nonce. */
export function consoleSecurityPolicy(nonce: string, { issuer }: ConsoleSettings): string {
  const asked = issuer === null ? '' : ` ${new URL(issuer.url).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    `connect-src 'self'${asked}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
