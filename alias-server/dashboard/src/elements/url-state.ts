// Filters, sorting and the page of a list, kept in the address, so that every view has a link.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export interface UrlState {
  get: (name: string) => string;
  has: (name: string) => boolean;
  /** Changes parameters; null and empty ones go. The page of a list begins anew unless it is what changes. */
  set: (change: Record<string, string | null>) => void;
}

/** What opens something over the page, and changes nothing of the list beneath. */
const OVERLAYS = ['create', 'edit', 'switch', 'test', 'delete', 'disable', 'deprecate', 'rename', 'split', 'shadow', 'overrides', 'parameters', 'group', 'standing', 'credits', 'key', 'rotate', 'revoke', 'budget', 'end-budget', 'refill', 'upstream'];

export function useUrlState(): UrlState {
  const [parameters, setParameters] = useSearchParams();
  const get = useCallback((name: string) => parameters.get(name) ?? '', [parameters]);
  const has = useCallback((name: string) => parameters.has(name), [parameters]);
  const set = useCallback(
    (change: Record<string, string | null>) => {
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          if (!('page' in change)) next.delete('page');
          for (const [name, value] of Object.entries(change)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParameters],
  );
  return { get, has, set };
}

export interface Overlay {
  opened: boolean;
  /** What it is about: `?delete=gpt-4`. */
  of: string;
  open: (of?: string) => void;
  close: () => void;
}

/** A dialog or drawer that has an address: Back closes it. */
export function useOverlay(name: string): Overlay {
  const [parameters, setParameters] = useSearchParams();
  const open = (of = '') =>
    setParameters((before) => {
      const next = new URLSearchParams(before);
      for (const other of OVERLAYS) next.delete(other);
      next.set(name, of);
      return next;
    });
  const close = () =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        next.delete(name);
        return next;
      },
      { replace: true },
    );
  return { opened: parameters.has(name), of: parameters.get(name) ?? '', open, close };
}
