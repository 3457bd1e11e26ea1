// What a webhook was told lately, and whether it listened.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';
import type { Delivery, Webhook } from '../../api/types';
import { Loaded } from '../../elements/loaded';
import { Modal } from '../../elements/overlays';
import { type Head, SmallTable } from '../../elements/small-table';
import { Status } from '../../elements/status';
import { Time } from '../../elements/time';
import { t } from '../../words';

const SHOWN = 50;

function standing(status: string) {
  if (status === 'delivered') return <Status tone="good">{t`Delivered`}</Status>;
  if (status === 'pending') return <Status tone="off">{t`Waiting`}</Status>;
  return <Status tone="bad">{t`Failed`}</Status>;
}

const HEADS: Head<Delivery>[] = [
  { title: t`When`, cell: (one) => <Time at={one.created_at} /> },
  { title: t`Event`, cell: (one) => `${one.event} ${one.subject}` },
  { title: t`Status`, cell: (one) => standing(one.status) },
  { title: t`Attempts`, numeric: true, cell: (one) => one.attempts },
  { title: t`Last answer`, className: 'break', cell: (one) => one.last_error ?? one.last_status ?? '–' },
];

export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const params = { path: { webhook: webhook.webhook_id }, query: { limit: SHOWN } };
  const list = useQuery({ queryKey: ['webhooks', webhook.webhook_id, 'deliveries'], queryFn: () => answer(api.GET('/api/webhooks/{webhook}/deliveries', { params })) });
  return (
    <Modal opened onClose={onClose} title={t`Deliveries`} size="xl">
      <Loaded query={list} what={t`the deliveries`}>
        {(data) => <SmallTable label={t`Deliveries`} heads={HEADS} rows={data.deliveries} id={(one) => one.delivery_id} empty={t`Nothing was sent yet.`} />}
      </Loaded>
    </Modal>
  );
}
