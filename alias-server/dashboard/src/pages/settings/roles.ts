// The roles, as forms name them.
import { t } from '../../words';

export const ROLES = [
  { value: 'owner', label: t`Owner: everything` },
  { value: 'admin', label: t`Admin: everything except owners` },
  { value: 'org-admin', label: t`Organization admin: one organization and its teams` },
  { value: 'team-admin', label: t`Team admin: teams of one organization, and their keys` },
  { value: 'billing', label: t`Billing: credits and usage` },
  { value: 'viewer', label: t`Viewer: reads` },
];

/** Roles that only make sense in one organization. */
export const BOUND = ['org-admin', 'team-admin'];
