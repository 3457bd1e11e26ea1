// What is open over a list stays open where its row leaves the list: another page of it, a filter that it does not match any more.
import { useRef } from 'react';

/** `of`: what it is about, by name; empty where nothing is open. Gives the row as it was seen last. */
export function useHeld<T>(of: string, found: T | undefined): T | undefined {
  const held = useRef<{ of: string; row: T }>(undefined);
  if (held.current?.of !== of) held.current = undefined;
  if (of && found) held.current = { of, row: found };
  return held.current?.row;
}
