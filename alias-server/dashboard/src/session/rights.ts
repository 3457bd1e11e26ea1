// Which controls a role sees. The server decides; this only spares people buttons that would be refused.
import type { Me } from '../api/types';

export type Right =
  | 'readCatalog'
  | 'writeCatalog'
  | 'governOrganizations'
  | 'editOrganization'
  | 'governTeams'
  | 'editTeam'
  | 'writeKeys'
  | 'grantAccess'
  | 'allocateCredits'
  | 'readAudit'
  | 'readIdentities'
  | 'writeIdentities'
  | 'readSystem';

const PLATFORM = ['owner', 'admin'];
const HOLDERS: Record<Right, string[]> = {
  readCatalog: [...PLATFORM, 'billing', 'viewer'],
  writeCatalog: PLATFORM,
  governOrganizations: PLATFORM,
  editOrganization: [...PLATFORM, 'org-admin'],
  governTeams: [...PLATFORM, 'org-admin'],
  editTeam: [...PLATFORM, 'org-admin', 'team-admin'],
  writeKeys: [...PLATFORM, 'org-admin', 'team-admin'],
  grantAccess: PLATFORM,
  allocateCredits: [...PLATFORM, 'billing'],
  readAudit: PLATFORM,
  readIdentities: PLATFORM,
  writeIdentities: PLATFORM,
  readSystem: [...PLATFORM, 'billing', 'viewer'],
};

/** What only those may who belong to no organization. */
const EVERYWHERE: Right[] = ['readCatalog', 'allocateCredits', 'readSystem'];

export function may(me: Me, right: Right): boolean {
  if (EVERYWHERE.includes(right) && me.organization_id) return false;
  return HOLDERS[right].includes(me.role);
}
