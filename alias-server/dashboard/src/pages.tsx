// Which address shows which page. Pages are fetched when they are first opened.
import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';

import { Shell } from './shell/shell';

const Overview = lazy(() => import('./pages/overview/overview'));
const Aliases = lazy(() => import('./pages/aliases/aliases'));
const AliasDetail = lazy(() => import('./pages/aliases/detail'));
const Catalog = lazy(() => import('./pages/catalog/catalog'));
const Groups = lazy(() => import('./pages/groups/groups'));
const GroupDetail = lazy(() => import('./pages/groups/detail'));
const Organizations = lazy(() => import('./pages/organizations/organizations'));
const OrganizationDetail = lazy(() => import('./pages/organizations/detail'));
const Teams = lazy(() => import('./pages/teams/teams'));
const TeamDetail = lazy(() => import('./pages/teams/detail'));
const Usage = lazy(() => import('./pages/usage/usage'));
const Playground = lazy(() => import('./pages/playground/playground'));
const Activity = lazy(() => import('./pages/activity/activity'));
const Connect = lazy(() => import('./pages/connect/connect'));
const Settings = lazy(() => import('./pages/settings/settings'));
const NotFound = lazy(() => import('./pages/not-found'));

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
        <Route path="activity" element={<Activity />} />
        <Route path="connect" element={<Connect />} />
        <Route path="settings" element={<Settings />} />
        <Route path="model-aliases" element={<Navigate to="/aliases" replace />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
