import type { OcrolusClient } from '../client.ts';
import { accountLevel } from './account-level.ts';
import type { Level, WebhookLevel } from './level.ts';
import { organizationLevel } from './organization-level.ts';

export function openLevel(level: Level, client: OcrolusClient): WebhookLevel {
  return level === 'account' ? accountLevel(client) : organizationLevel(client);
}

/** The one that must be empty, since Ocrolus delivers for one kind only. */
export function otherLevel(level: Level): Level {
  return level === 'account' ? 'organization' : 'account';
}
