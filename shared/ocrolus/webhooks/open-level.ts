import type { OcrolusClient } from '../client.ts';
import { accountLevel } from './account-level.ts';
import type { Encoding } from './calls.ts';
import type { Level, WebhookLevel } from './level.ts';
import { organizationLevel } from './organization-level.ts';

/** @param encoding of the account level; the organization level has JSON only. */
export function openLevel(level: Level, client: OcrolusClient, encoding: Encoding): WebhookLevel {
  return level === 'account' ? accountLevel(client, encoding) : organizationLevel(client);
}

/** The one that must be empty, since Ocrolus delivers for one kind only. */
export function otherLevel(level: Level): Level {
  return level === 'account' ? 'organization' : 'account';
}
