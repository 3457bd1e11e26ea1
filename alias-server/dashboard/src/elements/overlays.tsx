// Dialogs and drawers that give the focus back to what opened them, also when their address goes away.
import { Button, Drawer as LibraryDrawer, type DrawerProps, Group, Modal as LibraryModal, type ModalProps, Text } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';

import { t } from '../words';

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

function follow(watcher: () => void): () => void {
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
  return useSyncExternalStore(follow, () => stack.at(-1)) === id;
}

/** Escape, the cross and a click beside it close what holds a form only after asking, once something was entered there. */
function useKeptInput(onClose: () => void) {
  const entered = useRef(false);
  const [asks, setAsks] = useState(false);
  const note = (event: SyntheticEvent<HTMLElement>) => {
    const form = event.currentTarget.querySelector('form');
    // What is chosen from a list is not in the form: the list hangs elsewhere.
    const inForm = event.type === 'click' ? (event.target as Element).closest('[role=option]') : form?.contains(event.target as Node);
    if (form && inForm) entered.current = true;
  };
  return {
    watch: { onChange: note, onClick: note, onClose: () => (entered.current ? setAsks(true) : onClose()) },
    question: asks && (
      <Modal opened onClose={() => setAsks(false)} title={t`Close without saving?`} zIndex={400}>
        <Text size="sm">{t`What you entered is not kept.`}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" data-autofocus onClick={() => setAsks(false)}>
            {t`Go on editing`}
          </Button>
          <Button color="red" onClick={onClose}>
            {t`Discard changes`}
          </Button>
        </Group>
      </Modal>
    ),
  };
}

export function Modal({ onClose, ...props }: ModalProps): ReactNode {
  useFocusBack(props.opened);
  const topmost = useIsTopmost(props.opened);
  const { watch, question } = useKeptInput(onClose);
  return (
    <>
      <LibraryModal {...props} {...watch} closeOnEscape={topmost && props.closeOnEscape !== false} />
      {question}
    </>
  );
}

export function Drawer({ onClose, ...props }: DrawerProps) {
  useFocusBack(props.opened);
  const topmost = useIsTopmost(props.opened);
  const { watch, question } = useKeptInput(onClose);
  return (
    <>
      <LibraryDrawer {...props} {...watch} closeOnEscape={topmost && props.closeOnEscape !== false} />
      {question}
    </>
  );
}
