import { expect, test } from 'vitest';
import { delivery } from '../../shared/events/testing/delivery.ts';
import type { ConsoleInBrowser } from './console.ts';

/** Test of what the first page shows about problems, in the console that other tests use, too. All is well before and after it. */
export function testFindings(console: () => ConsoleInBrowser): void {
  test('whatever is found is shown, with since when, how many, what to do, and the runbook', async () => {
    const shown = console();
    const { page, shows, open, snapshot } = shown;
    await open('');
    const envelope = delivery('BOOK_VERIFIED', { bookUuid: await shown.firstBook() });
    await shown.sendDead(JSON.stringify(envelope));
    await shown.setConsuming('lifecycle', false);
    const problems = page.getByRole('table', { name: 'Problems' });
    await shows(problems.getByText('lifecycle: deliveries wait'));
    await shows(problems.getByText('book-verified 1'));
    await shows(page.getByText(/^1 dead letter: .* 1 other problem: see the overview\.$/));
    const found = (await snapshot()).health.filter(({ state }) => state !== 'ok');
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['dead letters', 'paused']));
    for (const { name, found: what, since = '', count = '', todo = '' } of found) {
      const row = problems.getByRole('row').filter({ hasText: what });
      for (const text of [name, String(count), since.slice(11, 19), todo])
        expect(await row.textContent(), name).toContain(text);
      const [, section = ''] = /docs\/runbook\.md#([\w-]+)/.exec(todo) ?? [];
      expect(await row.getByRole('link').getAttribute('href')).toBe(`#/runbook/${section}`);
    }
    expect(await shown.violations()).toEqual([]);
    await problems.getByRole('link', { name: /dead-letters/ }).click();
    await shows(page.getByText(/^## dead-letters/));

    await shown.setConsuming('lifecycle', true);
    const redrive = { method: 'POST', body: JSON.stringify({ channel: 'book-verified' }) };
    await fetch(`${shown.started.consoleUrl}api/redrive`, redrive);
    await open('');
    await shows(page.getByText('All is well: every book has what it should have.'));
  });
}
