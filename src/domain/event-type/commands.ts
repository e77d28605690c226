export interface OperateEventType {
  readonly kind: 'PauseEventType' | 'ResumeEventType';
  readonly reason: string;
  readonly requestedBy: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly now: string;
}

export type EventTypeCommand = OperateEventType;
