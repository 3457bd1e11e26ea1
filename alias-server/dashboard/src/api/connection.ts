// Whether the server answers: one state for the page, that the banner shows and every request feeds.
import { useSyncExternalStore } from 'react';

export interface Connection {
  lost: boolean;
  /** When the next attempt is made, in milliseconds since 1970. */
  nextAt: number;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 10_000;

let state: Connection = { lost: false, nextAt: 0 };
let wait = FIRST_WAIT;
/** Of the next attempt: there is never more than one. */
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const recovered = new Set<() => void>();

function set(next: Connection): void {
  state = next;
  listeners.forEach((listener) => listener());
}

function attemptLater(): void {
  const delay = wait;
  wait = Math.min(wait * 2, LONGEST_WAIT);
  set({ lost: true, nextAt: Date.now() + delay });
  clearTimeout(timer);
  timer = setTimeout(() => void attempt(), delay);
}

async function attempt(): Promise<void> {
  clearTimeout(timer);
  if (!state.lost) return;
  try {
    const answer = await fetch('/health/live', { cache: 'no-store' });
    if (answer.ok) return found();
  } catch {
    // Tried again below.
  }
  attemptLater();
}

/** Somebody asks for an attempt now. */
export function attemptNow(): void {
  void attempt();
}

export function lost(): void {
  if (!state.lost) attemptLater();
}

export function found(): void {
  if (!state.lost) return;
  wait = FIRST_WAIT;
  set({ lost: false, nextAt: 0 });
  recovered.forEach((listener) => listener());
}

export function onRecovery(listener: () => void): () => void {
  recovered.add(listener);
  return () => recovered.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
