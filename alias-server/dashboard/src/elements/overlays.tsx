// Dialogs and drawers that give the focus back to what opened them, also when their address goes away.
import { Drawer as LibraryDrawer, type DrawerProps, Modal as LibraryModal, type ModalProps } from '@mantine/core';
import { useEffect } from 'react';

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

export function Modal(props: ModalProps) {
  useFocusBack(props.opened);
  return <LibraryModal {...props} />;
}

export function Drawer(props: DrawerProps) {
  useFocusBack(props.opened);
  return <LibraryDrawer {...props} />;
}
