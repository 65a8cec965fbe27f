export interface WebhookEvent {
  readonly eventName: string;
  /** To be sent as JSON; pks keep their digits. */
  readonly body: Readonly<Record<string, unknown>>;
}
