import { useEffect } from 'react';
import { places } from './navigation.ts';

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `g` and a letter go to a page, `/` to the first search field. */
export function useKeys(go: (to: string) => void): void {
  useEffect(() => {
    let isGoing = false;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const place = isGoing ? places.find(({ key }) => key === event.key) : undefined;
      isGoing = event.key === 'g' && !isGoing;
      if (place !== undefined) go(place.to);
      else if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('input[data-search]');
        if (field !== null) {
          event.preventDefault();
          field.focus();
        }
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [go]);
}
