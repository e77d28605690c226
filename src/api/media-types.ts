/** What bodies of requests may be. */
export type MediaType =
  | 'application/json'
  | 'application/x-ndjson'
  | 'application/cloudevents+json'
  | 'application/cloudevents-batch+json';
