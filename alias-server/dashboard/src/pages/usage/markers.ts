// When aliases were switched to another target, as marks on the time of a chart: what the audit log says.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { AuditRecord } from '../../api/types';
import type { Marker } from '../../elements/chart';
import { keyOf } from '../../elements/periods';
import { useSession } from '../../session/session';
import { t } from '../../words';
import { momentsOf, type Range } from './range';

const READ_AT_MOST = 200;
const SHOWN_AT_MOST = 8;

function labelOf(record: AuditRecord): string | null {
  const target = record.diff.litellm_model as { from?: string | null; to?: string | null } | undefined;
  if (!target?.from || !target.to) return null;
  const name = record.name ?? '';
  return record.action === 'alias.rollback' ? t`${name} rolled back to ${target.to}` : t`${name} switched to ${target.to}`;
}

/** `alias`: only of this one. Whoever may not read the audit log sees no marks. */
export function useMarkers(range: Range, alias: string): Marker[] {
  const { may } = useSession();
  const query = { action: 'alias', outcome: 'done', target: alias || undefined, ...momentsOf(range), limit: READ_AT_MOST };
  const read = useQuery({
    queryKey: ['audit', 'switches', query],
    enabled: may('readAudit'),
    queryFn: () => answer(api.GET('/api/audit', { params: { query } })),
    staleTime: 30_000,
  });
  const marks = (read.data?.records ?? []).flatMap((record) => {
    const label = labelOf(record);
    return label ? [{ period: keyOf(record.at, range.interval), label }] : [];
  });
  return marks.slice(0, SHOWN_AT_MOST);
}
