// The roles, as forms name them.

export const ROLES = [
  { value: 'owner', label: 'Owner: everything' },
  { value: 'admin', label: 'Admin: everything except owners' },
  { value: 'org-admin', label: 'Organization admin: one organization and its teams' },
  { value: 'team-admin', label: 'Team admin: teams of one organization, and their keys' },
  { value: 'billing', label: 'Billing: credits and usage' },
  { value: 'viewer', label: 'Viewer: reads' },
];

/** Roles that only make sense in one organization. */
export const BOUND = ['org-admin', 'team-admin'];
