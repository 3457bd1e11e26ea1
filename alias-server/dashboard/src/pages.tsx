// Which address shows which page. Pages are fetched when they are first opened.
import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';

import { Shell } from './shell/shell';

const overview = () => import('./pages/overview/overview');
const aliases = () => import('./pages/aliases/aliases');
const aliasDetail = () => import('./pages/aliases/detail');
const catalog = () => import('./pages/catalog/catalog');
const groups = () => import('./pages/groups/groups');
const groupDetail = () => import('./pages/groups/detail');
const organizations = () => import('./pages/organizations/organizations');
const organizationDetail = () => import('./pages/organizations/detail');
const teams = () => import('./pages/teams/teams');
const teamDetail = () => import('./pages/teams/detail');
const usage = () => import('./pages/usage/usage');
const playground = () => import('./pages/playground/playground');
const explain = () => import('./pages/explain/explain');
const activity = () => import('./pages/activity/activity');
const connect = () => import('./pages/connect/connect');
const settings = () => import('./pages/settings/settings');
const notFound = () => import('./pages/not-found');

const LISTS: Record<string, () => Promise<unknown>> = { '': overview, aliases, catalog, 'access-groups': groups, organizations, teams, usage, playground, explain, activity, connect, settings };
const DETAILS: Record<string, () => Promise<unknown>> = { aliases: aliasDetail, 'access-groups': groupDetail, organizations: organizationDetail, teams: teamDetail };

// The page that the address asks for is fetched while the server says who asks.
const [place = '', detail] = location.pathname.replace(/^\/ui\/?/, '').split('/');
void (detail ? DETAILS : LISTS)[place]?.().catch(() => undefined);

const Overview = lazy(overview);
const Aliases = lazy(aliases);
const AliasDetail = lazy(aliasDetail);
const Catalog = lazy(catalog);
const Groups = lazy(groups);
const GroupDetail = lazy(groupDetail);
const Organizations = lazy(organizations);
const OrganizationDetail = lazy(organizationDetail);
const Teams = lazy(teams);
const TeamDetail = lazy(teamDetail);
const Usage = lazy(usage);
const Playground = lazy(playground);
const Explain = lazy(explain);
const Activity = lazy(activity);
const Connect = lazy(connect);
const Settings = lazy(settings);
const NotFound = lazy(notFound);

export function Pages() {
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Overview />} />
        <Route path="aliases" element={<Aliases />} />
        <Route path="aliases/:alias" element={<AliasDetail />} />
        <Route path="catalog" element={<Catalog />} />
        <Route path="access-groups" element={<Groups />} />
        <Route path="access-groups/:group" element={<GroupDetail />} />
        <Route path="organizations" element={<Organizations />} />
        <Route path="organizations/:organization" element={<OrganizationDetail />} />
        <Route path="teams" element={<Teams />} />
        <Route path="teams/:team" element={<TeamDetail />} />
        <Route path="usage" element={<Usage />} />
        <Route path="playground" element={<Playground />} />
        <Route path="explain" element={<Explain />} />
        <Route path="activity" element={<Activity />} />
        <Route path="connect" element={<Connect />} />
        <Route path="settings" element={<Settings />} />
        <Route path="model-aliases" element={<Navigate to="/aliases" replace />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
