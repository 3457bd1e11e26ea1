// What can be done with one row of a list. The menu is only made when it is asked for: lists have many rows.
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';

/** `children` makes the entries, once the menu is opened. */
export function RowMenu({ name, children }: { name: string; children: () => ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState(false);
  const button = { variant: 'subtle', color: 'gray', c: 'dimmed', size: 28, 'aria-label': `Actions for ${name}` } as const;
  if (!asked) {
    const open = () => {
      setAsked(true);
      setOpened(true);
    };
    return (
      <button type="button" className="icon-button" aria-label={button['aria-label']} aria-haspopup="menu" aria-expanded={false} onClick={open}>
        <IconDots size={17} />
      </button>
    );
  }
  return (
    <Menu position="bottom-end" width={210} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon {...button}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{opened && children()}</Menu.Dropdown>
    </Menu>
  );
}
