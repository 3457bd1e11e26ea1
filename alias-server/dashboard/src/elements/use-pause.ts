// Reading again from time to time, as long as somebody is there: a page that is left open lets its session end.
import { useSyncExternalStore } from 'react';

const PATIENCE_MS = 300_000;

let lastInput = Date.now();
let used = true;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (next === used) return;
  used = next;
  if (used) look();
  listeners.forEach((listener) => listener());
}

/** Whether somebody was there lately, and when that is to be asked again. */
function look(): void {
  const left = lastInput + PATIENCE_MS - Date.now();
  if (left <= 0) set(false);
  else setTimeout(look, left);
}
look();

for (const input of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  document.addEventListener(
    input,
    () => {
      lastInput = Date.now();
      set(true);
    },
    { passive: true, capture: true },
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For `refetchInterval`: `ms`, and none while nobody is there. */
export const usePause = (ms: number): number | false => (useSyncExternalStore(subscribe, () => used) ? ms : false);
