/** An environment variable that begins so is meant for us; an unknown one is a typo that must be reported. */
const ourPrefixes =
  /^(EVENTOPS_|EVENTSTORE_|DATABASE_|AMQP_|OIDC_|METRICS_|SHUTDOWN_|REPLAY_|HANDLER_|DATA_DIR|CORS_|TRUST_PROXY|RATE_LIMIT_)/;

/** What is wrong with each variable that looks like a setting of ours and is none. */
export function unknownSettings(environment: NodeJS.ProcessEnv, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(environment)
    .filter((name) => ourPrefixes.test(name) && !known.has(name))
    .map((name) => `${name}: no such setting${isOfTheServer(name) ? keepApart : nearest(name, known)}`);
}

/** EventStoreDB reads `EVENTSTORE_…` as its own options, and stops at our EVENTSTORE_URL as we do at one of its. */
const isOfTheServer = (name: string) => /^EVENTSTORE_(?!UR)/.test(name);
const keepApart = ' of EventOps; an option of EventStoreDB itself belongs in an env file that only the server gets';

/** The known name with the same beginning and about the same length, for a hint. */
function nearest(name: string, known: ReadonlySet<string>): string {
  const shared = (other: string) => [...other].findIndex((letter, index) => letter !== name[index]) >>> 0;
  const best = [...known].sort((one, other) => shared(other) - shared(one))[0];
  return best !== undefined && shared(best) >= 4 ? `; did you mean ${best}?` : '';
}
