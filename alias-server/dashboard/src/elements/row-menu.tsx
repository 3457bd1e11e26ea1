// What can be done with one row of a list. The menu is only made when it is asked for: lists have many rows.
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

import { t } from '../words';

/** `children` makes the entries, once the menu is opened. */
export function RowMenu({ name, children }: { name: string; children: () => ReactNode }) {
  const [asked, setAsked] = useState(false);
  if (asked) return <MadeMenu name={name}>{children}</MadeMenu>;
  return (
    <button type="button" className="icon-button" aria-label={t`Actions for ${name}`} aria-haspopup="menu" aria-expanded={false} onClick={() => setAsked(true)}>
      <IconDots size={17} />
    </button>
  );
}

function MadeMenu({ name, children }: { name: string; children: () => ReactNode }) {
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // This button takes the place of the one that was pressed. It has the focus before the menu opens: there it goes back to.
  useLayoutEffect(() => {
    button.current?.focus({ preventScroll: true });
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" width={210} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" c="dimmed" size={28} aria-label={t`Actions for ${name}`}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{opened && children()}</Menu.Dropdown>
    </Menu>
  );
}
