import { useEffect } from 'preact/hooks';
import { linkTo } from './route.js';

/** Keys that work everywhere but in a field. */
export const KEYS = [
  ['/', 'go to the search'],
  ['j', 'next row'],
  ['k', 'previous row'],
  ['Enter', 'open the row'],
  ['?', 'this help'],
];

/** Moves the focus through the rows of the tables, and to the search. @param {() => void} showHelp */
export function useKeyboard(showHelp) {
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      const { key, target, ctrlKey, metaKey, altKey } = event;
      const isField = target instanceof HTMLElement && target.matches('input, select, textarea, dialog *');
      if (isField || ctrlKey || metaKey || altKey) return;
      if (key === '/') search();
      else if (key === 'j' || key === 'k') moveBy(key === 'j' ? 1 : -1);
      else if (key === '?') showHelp();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [showHelp]);
}

function search() {
  const field = document.querySelector('main input[type=search]');
  if (field instanceof HTMLElement) field.focus();
  else location.hash = linkTo('deliveries');
}

/** A row has the focus while its link, or its first button, has it. @param {1 | -1} step */
function moveBy(step) {
  const rows = [...document.querySelectorAll('main tbody tr')].flatMap((row) => {
    const link = row.querySelector('a, button');
    return link instanceof HTMLElement ? [{ row, link }] : [];
  });
  const at = rows.findIndex(({ row }) => row.contains(document.activeElement));
  const next = at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step;
  rows[next]?.link.focus();
}
