// The frame of every page: navigation, search, theme, and who is signed in.
import { ActionIcon, Button, Drawer, Kbd, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { IconDeviceDesktop, IconLogout, IconMenu2, IconMoon, IconSearch, IconSettings, IconSun, IconUser } from '@tabler/icons-react';
import { Suspense, useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';

import { Boundary } from '../elements/boundary';
import { useSession } from '../session/session';
import { t } from '../words';
import { ConnectionBanner } from './banner';
import { Navigation } from './navigation';
import { Palette } from './palette';
import { Shortcuts } from './shortcuts';

const THEMES = [
  { value: 'light', label: t`Light`, icon: IconSun },
  { value: 'dark', label: t`Dark`, icon: IconMoon },
  { value: 'auto', label: t`System`, icon: IconDeviceDesktop },
] as const;

export function Shell() {
  const [menu, { open, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    // A new page begins at its top, for eyes and for screen readers.
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <>
      <a className="skip-link" href="#main">
        {t`Skip to content`}
      </a>
      <ConnectionBanner />
      <div className="shell">
        <nav className="shell-nav wide" aria-label={t`Main`}>
          <Navigation />
        </nav>
        <div className="shell-main">
          <div className="shell-top">
            <ActionIcon className="only-small" variant="subtle" color="gray" size={36} aria-label={t`Open navigation`} onClick={open}>
              <IconMenu2 size={20} />
            </ActionIcon>
            <SearchButton />
            <div style={{ marginLeft: 'auto', display: 'flex', gap: 8 }}>
              <ThemeMenu />
              <AccountMenu />
            </div>
          </div>
          <main id="main" ref={main} tabIndex={-1} style={{ outline: 'none' }}>
            <Boundary at={pathname}>
              <Suspense fallback={<p role="status" className="visually-hidden">{t`Loading`}</p>}>
                <Outlet />
              </Suspense>
            </Boundary>
          </main>
        </div>
      </div>
      <Drawer opened={menu} onClose={close} position="left" size={264} title={t`Navigation`} closeButtonProps={{ 'aria-label': t`Close navigation` }}>
        <nav aria-label={t`Main`}>
          <Navigation onGo={close} />
        </nav>
      </Drawer>
      <Palette />
      <Shortcuts />
    </>
  );
}

function SearchButton() {
  return (
    <UnstyledButton className="panel" onClick={spotlight.open} style={{ display: 'flex', alignItems: 'center', gap: 8, padding: '5px 10px', minHeight: 34, minWidth: 0, flex: '0 1 340px' }}>
      <IconSearch size={16} aria-hidden />
      <Text size="sm" c="dimmed" style={{ flex: 1, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>
        {t`Search or jump to…`}
      </Text>
      <Kbd className="only-large" size="xs">
        {t`Ctrl K`}
      </Kbd>
    </UnstyledButton>
  );
}

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Sign = THEMES.find((theme) => theme.value === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={150}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} c="dimmed" aria-label={t`Theme`}>
          <Sign size={19} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map((theme) => (
          <Menu.Item key={theme.value} leftSection={<theme.icon size={16} />} onClick={() => setColorScheme(theme.value)} fw={theme.value === colorScheme ? 700 : 400}>
            {theme.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const OPEN_MODE = t`No key is needed on this machine. The first account or token ends that.`;

function AccountMenu() {
  const { me, signOut } = useSession();
  const name = me.mode === 'open' ? t`Open mode` : (me.name ?? t`Admin key`);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="subtle" color="gray" c="var(--mantine-color-text)" px={8} leftSection={<IconUser size={18} />} aria-label={t`Account: ${name}`}>
          <span className="only-large">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" fw={600} px="sm" pt={6} className="break">
          {name}
        </Text>
        <Text size="xs" c="dimmed" px="sm" pb={8}>
          {me.mode === 'open' ? OPEN_MODE : me.organization_id ? t`Role: ${me.role} of ${me.organization_id}` : t`Role: ${me.role}`}
        </Text>
        <Menu.Item leftSection={<IconSettings size={16} />} component={Link} to="/settings">
          {t`Settings`}
        </Menu.Item>
        {me.mode !== 'open' && (
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
            {t`Sign out`}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
