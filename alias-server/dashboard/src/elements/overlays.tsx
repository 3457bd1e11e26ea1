// Dialogs and drawers that give the focus back to what opened them, also when their address goes away.
import { Drawer as LibraryDrawer, type DrawerProps, Modal as LibraryModal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** What has the focus now; for an entry of a menu, which is about to go, the button of the menu. */
function opener(): Element | null {
  const active = document.activeElement;
  const menu = active?.closest('[role=menu]');
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : active;
}

function useFocusBack(opened: boolean): void {
  const [before] = useState(opener);
  useEffect(() => {
    if (!opened) return undefined;
    return () => {
      setTimeout(() => {
        const lost = !document.activeElement || document.activeElement === document.body;
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [opened, before]);
}

export function Modal(props: ModalProps) {
  useFocusBack(props.opened);
  return <LibraryModal {...props} />;
}

export function Drawer(props: DrawerProps) {
  useFocusBack(props.opened);
  return <LibraryDrawer {...props} />;
}
