export interface Alert {
  /** In CamelCase; the rules have EventOps before it, and its page is docs/runbooks/ and the same in kebab-case. */
  readonly name: string;
  /** `critical`: someone has to act now. `warning`: within a working day. */
  readonly severity: 'critical' | 'warning';
  /** One line. Prometheus replaces `{{ $labels.… }}` and `{{ $value }}`. */
  readonly summary: string;
  /** What it means for those who sent events, and what still goes on. */
  readonly description: string;
  readonly expr: string;
  /** It has to be so for this long. */
  readonly forSeconds: number;
}

/** A series that rules are made from. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

export const alertName = ({ name }: Pick<Alert, 'name'>) => `EventOps${name}`;

/** From the root of this repository. */
export const runbookOf = ({ name }: Pick<Alert, 'name'>) =>
  `docs/runbooks/${name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.md`;
