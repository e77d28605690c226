/** Requests that this system sends to others: to the issuer of tokens, or to a model. Redirects are not followed. */
export interface OutboundHttp {
  /**
   * The answer's body is text of bounded length.
   * @throws {OutboundFailed} no connection, no answer in time, or one that is too long.
   * @throws {OutboundRefused} the URL is none that this system may ask.
   */
  get(url: URL): Promise<OutboundAnswer>;
  /** The same with a body. @throws as `get`; {@link OutboundFailed}, too, when `signal` aborts. */
  post(url: URL, request: OutboundPost): Promise<OutboundAnswerWithHeaders>;
}

export interface OutboundPost {
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly body: string;
}

export interface OutboundAnswerWithHeaders extends OutboundAnswer {
  readonly headers: Readonly<Record<string, string>>;
}
