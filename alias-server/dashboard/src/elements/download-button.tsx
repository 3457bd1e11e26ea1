// A file that the API makes, fetched with what proves who asks.
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';

import { send } from '../api/client';
import { Problem } from '../api/problem';
import { t } from '../words';
import { BusyButton } from './busy-button';
import { save } from './export-menu';
import { failed } from './notices';

export function DownloadButton({ path, file, label = t`Download CSV`, size = 'sm' }: { path: string; file: string; label?: string; size?: 'xs' | 'sm' }) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const response = await send(new Request(new URL(path, location.origin)));
      if (!response.ok) throw new Problem(response.status, (await response.json()) as object);
      save(file, await response.text(), response.headers.get('content-type') ?? 'text/plain');
    } catch (error) {
      failed(t`Download`, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <BusyButton variant="default" size={size} leftSection={<IconDownload size={16} aria-hidden />} busy={busy} onClick={() => void download()}>
      {label}
    </BusyButton>
  );
}
