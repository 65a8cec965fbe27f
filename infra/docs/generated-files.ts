import { eventsPage } from './events/events-page.ts';
import { jsonSchemas } from './json-schemas.ts';
import { settingsPage } from './settings/settings-page.ts';

/** Everything under `docs/` that is generated from the code: path within `docs/` → text. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const schemas = Object.entries(jsonSchemas()).map(([name, text]) => [`schemas/${name}`, text]);
  return {
    ...Object.fromEntries(schemas),
    'events.md': await eventsPage(),
    'settings.md': settingsPage(),
  };
}
