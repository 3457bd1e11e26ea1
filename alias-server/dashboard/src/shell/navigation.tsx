// Where one can go. What a role cannot read is left out.
import {
  IconActivity,
  IconBuilding,
  IconChartBar,
  IconLayoutDashboard,
  IconLockAccess,
  IconPlugConnected,
  IconSettings,
  IconTags,
  IconUsersGroup,
  IconZoomQuestion,
  IconBooks,
  IconMessage,
  type Icon,
} from '@tabler/icons-react';
import { Link, NavLink } from 'react-router';

import type { Right } from '../session/rights';
import { useSession } from '../session/session';
import { t } from '../words';
import { Mark } from './mark';

export interface Place {
  to: string;
  label: string;
  icon: Icon;
  right?: Right;
  under?: string;
  /** The second key after `g`. */
  key?: string;
}

export const PLACES: Place[] = [
  { to: '/', label: t`Overview`, icon: IconLayoutDashboard, key: 'o' },
  { to: '/aliases', label: t`Aliases`, icon: IconTags, right: 'readCatalog', under: t`Model Management`, key: 'a' },
  { to: '/catalog', label: t`Catalog`, icon: IconBooks, right: 'readCatalog', under: t`Model Management`, key: 'm' },
  { to: '/access-groups', label: t`Model Access`, icon: IconLockAccess, right: 'readCatalog', key: 'g' },
  { to: '/organizations', label: t`Organizations`, icon: IconBuilding, key: 'r' },
  { to: '/teams', label: t`Teams`, icon: IconUsersGroup, key: 't' },
  { to: '/usage', label: t`Usage`, icon: IconChartBar, key: 'u' },
  { to: '/playground', label: t`Playground`, icon: IconMessage, key: 'p' },
  { to: '/explain', label: t`Explain access`, icon: IconZoomQuestion, key: 'x' },
  { to: '/activity', label: t`Activity`, icon: IconActivity, right: 'readAudit', key: 'l' },
  { to: '/connect', label: t`Connect`, icon: IconPlugConnected, key: 'c' },
  { to: '/settings', label: t`Settings`, icon: IconSettings, key: 's' },
];

export function Navigation({ onGo }: { onGo?: () => void }) {
  const { may } = useSession();
  const places = PLACES.filter((place) => !place.right || may(place.right));
  const link = (place: Place) => (
    <li key={place.to}>
      <NavLink to={place.to} end={place.to === '/'} className={`nav-link${place.under ? ' nav-sub' : ''}`} onClick={onGo}>
        <place.icon size={18} stroke={1.7} aria-hidden />
        {place.label}
      </NavLink>
    </li>
  );
  const top = places.filter((place) => !place.under);
  const models = places.filter((place) => place.under);
  return (
    <>
      <NavLink to="/" className="brand" onClick={onGo}>
        {t`${<Mark />} Model Aliases`}
      </NavLink>
      <ul className="list-plain" style={{ display: 'grid', gap: 2 }}>
        {top.slice(0, 1).map(link)}
        {models.length > 0 && (
          <li>
            <Link to="/aliases" className="nav-title" style={{ display: 'block', textDecoration: 'none' }} onClick={onGo}>
              {t`Model Management`}
            </Link>
            <ul className="list-plain" style={{ display: 'grid', gap: 2 }}>
              {models.map(link)}
            </ul>
          </li>
        )}
        {top.slice(1).map(link)}
      </ul>
    </>
  );
}
