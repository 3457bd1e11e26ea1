// Where the object of an audit record is shown.
import type { AuditRecord } from '../../api/types';

export function pathOf(record: AuditRecord): string | null {
  const name = encodeURIComponent(record.name);
  switch (record.object) {
    case 'model_alias':
      return `/aliases/${name}`;
    case 'access_group':
      return `/access-groups/${name}`;
    case 'organization':
      return `/organizations/${name}`;
    case 'team':
      return `/teams/${name}`;
    default:
      return null;
  }
}
