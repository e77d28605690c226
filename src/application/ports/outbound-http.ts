/** Requests that this system sends to others: to the issuer of tokens, for instance. */
export interface OutboundHttp {
  /**
   * GET, without following redirects. The answer's body is text of bounded length.
   * @throws {OutboundFailed} no connection, no answer in time, or one that is too long.
   * @throws {OutboundRefused} the URL is none that this system may ask.
   */
  get(url: URL): Promise<OutboundAnswer>;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly body: string;
}
