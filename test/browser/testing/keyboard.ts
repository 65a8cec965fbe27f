import { expect, test } from 'vitest';
import type { ConsoleInBrowser } from './console.ts';

/** Tests of the keyboard, in the console that other tests use, too. It has a delivery. */
export function testKeyboard(console: () => ConsoleInBrowser): void {
  test('the keyboard reaches the content and everything in it', async () => {
    const { page, open, switchOf, isTurned } = console();
    await open('queues');
    await page.reload();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await open('simulate');
    await switchOf('Duplicate').focus();
    for (const isOn of [true, false]) {
      await page.keyboard.press('Space');
      await isTurned('Duplicate', isOn);
    }
  });

  test('keys move through the rows, open one, go to the search, and show themselves', async () => {
    const { page, shows, open } = console();
    await open('deliveries');
    await shows(page.getByRole('table').getByRole('link'));
    const focused = () => page.evaluate('document.activeElement.closest("tr")?.rowIndex');
    for (const [key, row] of [
      ['j', 1],
      ['j', 2],
      ['k', 1],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(row);
    }
    await page.keyboard.press('/');
    await page.keyboard.type('j?/k');
    expect(await page.getByRole('searchbox', { name: 'From (UTC)' }).inputValue()).toBe('j?/k');
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('?');
    await shows(page.getByRole('dialog', { name: 'Keys' }));
    expect(await console().violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await shows(page.getByRole('heading', { level: 1, name: /^Deliveries: / }));
  });
}
