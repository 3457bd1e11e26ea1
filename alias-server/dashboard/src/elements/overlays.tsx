// Dialogs and drawers that give the focus back to what opened them, also when their address goes away.
import { Drawer as LibraryDrawer, type DrawerProps, Modal as LibraryModal, type ModalProps } from '@mantine/core';
import { useEffect, useId, useSyncExternalStore } from 'react';

/**
 * What had the focus last, for an entry of a menu the button of the menu: entries go when they are chosen.
 * Noted when it gets the focus, for by the time that a dialog is there the entry may be gone.
 */
let last: HTMLElement | null = null;
document.addEventListener('focusin', ({ target }) => {
  if (!(target instanceof HTMLElement)) return;
  const menu = target.closest('[role=menu]');
  last = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : target;
});

function useFocusBack(opened: boolean): void {
  useEffect(() => {
    if (!opened) return undefined;
    const before = last;
    return () => {
      setTimeout(() => {
        const lost = !document.activeElement || document.activeElement === document.body;
        if (lost && before?.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [opened]);
}

/** What is open, the topmost last: Escape is for that one alone. */
let stack: string[] = [];
const watchers = new Set<() => void>();

function restack(next: string[]): void {
  stack = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function useIsTopmost(opened: boolean): boolean {
  const id = useId();
  useEffect(() => {
    if (!opened) return undefined;
    restack([...stack, id]);
    // The key that closed this one is through before the one beneath takes its place.
    return () => void setTimeout(() => restack(stack.filter((one) => one !== id)));
  }, [opened, id]);
  return useSyncExternalStore(watch, () => stack.at(-1)) === id;
}

export function Modal(props: ModalProps) {
  useFocusBack(props.opened);
  const topmost = useIsTopmost(props.opened);
  return <LibraryModal {...props} closeOnEscape={topmost && props.closeOnEscape !== false} />;
}

export function Drawer(props: DrawerProps) {
  useFocusBack(props.opened);
  const topmost = useIsTopmost(props.opened);
  return <LibraryDrawer {...props} closeOnEscape={topmost && props.closeOnEscape !== false} />;
}
