// Ctrl-K: every object by its name, every page, and what can be done from anywhere.
import { Kbd, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconArrowsExchange, IconBuilding, IconCopy, IconEdit, IconLockAccess, IconMoon, IconPlayerPause, IconPlus, IconSearch, IconTags, IconUsersGroup, IconZoomQuestion } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';

import { answer, api } from '../api/client';
import { problemOf } from '../api/problem';
import { copyText } from '../elements/copy';
import { useSession } from '../session/session';
import { t } from '../words';
import { PLACES } from './navigation';

const FOUND_AT_MOST = 6;

const valueOf = <T,>(part: PromiseSettledResult<T>): T | undefined => (part.status === 'fulfilled' ? part.value : undefined);

function Keys({ keys }: { keys: string[] }) {
  return (
    <span aria-hidden>
      {keys.map((key) => (
        <Kbd key={key} size="xs" ml={4}>
          {key}
        </Kbd>
      ))}
    </span>
  );
}

export function Palette() {
  const navigate = useNavigate();
  const { may } = useSession();
  const { toggleColorScheme } = useMantineColorScheme();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 120);
  const readsCatalog = may('readCatalog');
  const found = useQuery({
    queryKey: ['palette', q],
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const query = { q, limit: FOUND_AT_MOST };
      const parts = await Promise.allSettled([
        readsCatalog ? answer(api.GET('/api/model-aliases', { params: { query } })) : null,
        readsCatalog ? answer(api.GET('/api/model-access-groups', { params: { query } })) : null,
        answer(api.GET('/api/teams', { params: { query } })),
        answer(api.GET('/api/organizations', { params: { query } })),
      ]);
      const [aliases, groups, teams, organizations] = parts;
      const fault = parts.find((part) => part.status === 'rejected')?.reason as unknown;
      return { fault, aliases: valueOf(aliases)?.aliases ?? [], groups: valueOf(groups)?.access_groups ?? [], teams: valueOf(teams)?.teams ?? [], organizations: valueOf(organizations)?.organizations ?? [] };
    },
  });

  // What was found of some kinds is shown; that others could not be searched is said.
  const fault = found.error ?? found.data?.fault;
  const go = (to: string) => () => void navigate(to);
  const named = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
  // What was found for an earlier text stays only where it fits this one: Enter never opens what is not meant.
  const stale = q !== text.trim() || found.isPlaceholderData;
  const things: SpotlightActionData[] = [
    ...(found.data?.aliases ?? []).map((one) => ({ id: `alias ${one.alias}`, label: one.alias, description: one.litellm_model, leftSection: <IconTags size={18} />, onClick: go(`/aliases/${encodeURIComponent(one.alias)}`) })),
    ...(found.data?.groups ?? []).map((one) => ({ id: `group ${one.group_name}`, label: one.group_name, description: t`Access group`, leftSection: <IconLockAccess size={18} />, onClick: go(`/access-groups/${encodeURIComponent(one.group_name)}`) })),
    ...(found.data?.teams ?? []).map((one) => ({ id: `team ${one.team_id}`, label: one.team_id, description: t`Team of ${one.organization_id}`, leftSection: <IconUsersGroup size={18} />, onClick: go(`/teams/${encodeURIComponent(one.team_id)}`) })),
    ...(found.data?.organizations ?? []).map((one) => ({ id: `organization ${one.organization_id}`, label: one.name, description: one.organization_id, leftSection: <IconBuilding size={18} />, onClick: go(`/organizations/${encodeURIComponent(one.organization_id)}`) })),
  ].filter((one) => !stale || named(one.label));
  const pages: SpotlightActionData[] = PLACES.filter((place) => (!place.right || may(place.right)) && named(place.label)).map((place) => ({
    id: `page ${place.to}`,
    label: place.label,
    leftSection: <place.icon size={18} />,
    rightSection: place.key && <Keys keys={['g', place.key]} />,
    onClick: go(place.to),
  }));
  // What can be done with the first alias that was found, and whether the first team can use it.
  const alias = q && !stale ? found.data?.aliases[0] : undefined;
  const team = q && !stale ? found.data?.teams[0] : undefined;
  const about = (name: string, what: string) => `/aliases/${encodeURIComponent(name)}?${what}=${encodeURIComponent(name)}`;
  const withFound: SpotlightActionData[] = [
    ...(alias && may('writeCatalog')
      ? [
          { id: 'switch', label: t`Switch provider of ${alias.alias}…`, leftSection: <IconArrowsExchange size={18} />, onClick: go(about(alias.alias, 'switch')) },
          { id: 'edit', label: t`Edit ${alias.alias}`, leftSection: <IconEdit size={18} />, onClick: go(about(alias.alias, 'edit')) },
          ...(alias.active ? [{ id: 'disable', label: t`Disable ${alias.alias}…`, leftSection: <IconPlayerPause size={18} />, onClick: go(about(alias.alias, 'disable')) }] : []),
        ]
      : []),
    ...(team ? [{ id: 'explain', label: t`Explain what ${team.team_id} can use`, leftSection: <IconZoomQuestion size={18} />, onClick: go(`/explain?team=${encodeURIComponent(team.team_id)}`) }] : []),
  ];
  const doings: SpotlightActionData[] = [
    ...(may('writeCatalog') ? [{ id: 'create-alias', label: t`Create Alias`, leftSection: <IconPlus size={18} />, onClick: go('/aliases?create') }] : []),
    ...(may('writeCatalog') ? [{ id: 'create-group', label: t`Create Access Group`, leftSection: <IconPlus size={18} />, onClick: go('/access-groups?create') }] : []),
    ...(may('governTeams') ? [{ id: 'create-team', label: t`Create Team`, leftSection: <IconPlus size={18} />, onClick: go('/teams?create') }] : []),
    { id: 'theme', label: t`Toggle theme`, leftSection: <IconMoon size={18} />, onClick: toggleColorScheme },
    { id: 'base-url', label: t`Copy base URL`, description: `${location.origin}/v1`, leftSection: <IconCopy size={18} />, onClick: () => void copyText(`${location.origin}/v1`) },
  ].filter((action) => named(action.label));

  const actions: SpotlightActionGroupData[] = [
    { group: t`Found`, actions: q ? things : [] },
    { group: t`Pages`, actions: pages },
    { group: t`Actions`, actions: [...withFound, ...doings] },
  ].filter((group) => group.actions.length > 0);

  // Enter opens the first entry, also where it was found after the typing, and the one before is gone.
  const shown = actions.flatMap((group) => group.actions.map((action) => action.id)).join(' ');
  useEffect(() => {
    const chosen = document.querySelector('[data-action][data-selected]');
    if (!chosen) document.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  }, [shown]);
  return (
    <Spotlight
      actions={actions}
      query={text}
      onQueryChange={setText}
      filter={(_, all) => all}
      nothingFound={found.isFetching ? t`Searching…` : fault ? t`The search failed: ${problemOf(fault).detail}` : t`Nothing is called so`}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t`Search or jump to…`, 'aria-label': t`Search or jump to` }}
      scrollable
      maxHeight={440}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
    />
  );
}
