import { useEffect } from 'react';
import { places } from './navigation.ts';

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

interface Acts {
  readonly go: (to: string) => void;
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}

/** THE LIST of keys, as the page with the help shows them. */
export const keys: readonly (readonly [string, string])[] = [
  ['Ctrl K', 'go to a page, or to what has an id'],
  ['/', 'the first search field'],
  ['?', 'these keys'],
  ...places.map(({ key, name }) => [`g ${key}`, name] as const),
];

export function useKeys({ go, openPalette, openHelp }: Acts): void {
  useEffect(() => {
    let isGoing = false;
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette();
        return;
      }
      const isInDialog = document.querySelector('[role=dialog]') !== null;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || isInDialog) return;
      const place = isGoing ? places.find(({ key }) => key === event.key) : undefined;
      isGoing = event.key === 'g' && !isGoing;
      if (place !== undefined) go(place.to);
      else if (event.key === '?') openHelp();
      else if (event.key === '/') focusSearch(event);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [go, openPalette, openHelp]);
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('input[data-search]');
  if (field === null) return;
  event.preventDefault();
  field.focus();
}
