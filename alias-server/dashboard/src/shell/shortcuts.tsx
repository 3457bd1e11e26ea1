// Keys that lead somewhere; off while somebody types, and off for good where that is chosen.
import { Kbd, Switch, Table } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';

import { t } from '../words';
import { PLACES } from './navigation';
import { isShortcut } from '../elements/is-shortcut';
import { Modal } from '../elements/overlays';

const WAIT_MS = 1_200;

export function useShortcutsOn() {
  return useLocalStorage({ key: 'alias-shortcuts', defaultValue: true });
}

export function Shortcuts() {
  const navigate = useNavigate();
  const [on, setOn] = useShortcutsOn();
  const [opened, setOpened] = useState(false);
  const waiting = useRef(0);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      if (event.key === '?') {
        setOpened(true);
        return;
      }
      if (event.key === 'g') {
        waiting.current = Date.now();
        return;
      }
      if (Date.now() - waiting.current < WAIT_MS) {
        const place = PLACES.find((one) => one.key === event.key);
        waiting.current = 0;
        if (place) {
          event.preventDefault();
          void navigate(place.to);
        }
        return;
      }
      const wanted = { '/': '[data-search]', c: '[data-shortcut=create]', e: '[data-shortcut=edit]' }[event.key];
      const found = wanted ? document.querySelector<HTMLElement>(wanted) : null;
      if (!found) return;
      event.preventDefault();
      if (event.key === '/') found.focus();
      else found.click();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate]);

  const rows: [string[], string][] = [
    [[t`Ctrl`, 'K'], t`Search and jump`],
    [['/'], t`Search in this list`],
    [['c'], t`Create`],
    [['e'], t`Edit`],
    [['j'], t`Next row`],
    [['k'], t`Row before`],
    [['x'], t`Select the row`],
    [[t`Enter`], t`Open the row`],
    ...PLACES.filter((place) => place.key).map((place): [string[], string] => [['g', place.key ?? ''], place.label]),
    [['?'], t`These shortcuts`],
  ];
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={t`Keyboard shortcuts`}>
      <Switch mb="md" label={t`Single-key shortcuts`} checked={on} onChange={(event) => setOn(event.currentTarget.checked)} />
      <Table>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={120}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
