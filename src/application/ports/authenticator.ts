/** Who a request comes from, as far as a verified token or API key says. */
export interface Principal {
  /** Stable over token rotation: the client id where there is one, otherwise the subject. Idempotency keys belong to it. */
  readonly clientId: string;
  readonly subject: string;
  /** The token's own roles and scopes, unfiltered: what they permit is decided in one table of the API. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly tokenId: string | null;
  /** The only sources of events that it may send; any without a list. */
  readonly sources?: readonly string[] | null;
}

export interface Authenticator {
  /**
   * The principal behind a bearer token; `null` for every token that does not verify, whatever is wrong with it.
   * @throws {IssuerUnavailable} @throws {ApiKeysUnavailable} that cannot be known currently.
   */
  authenticate(token: string): Promise<Principal | null>;
}
