// An object that could not be read: it is not there, or the load failed; the two are never mixed up.
import { Button, Text } from '@mantine/core';
import { IconZoomQuestion } from '@tabler/icons-react';
import { useNavigate } from 'react-router';

import { Problem } from '../api/problem';
import { t } from '../words';
import { Empty } from './empty';
import { LoadError } from './load-error';
import { Modal } from './overlays';

export function Missing({ what, kind, error, onRetry }: { what: string; kind: string; error: unknown; onRetry: () => void }) {
  const navigate = useNavigate();
  if (!(error instanceof Problem && error.status === 404)) return <LoadError what={what} error={error} onRetry={onRetry} />;
  return (
    <div className="panel">
      <Empty icon={IconZoomQuestion} title={t`There is no ${kind} ${what}`} actions={<Button variant="default" onClick={() => void navigate(-1)}>{t`Go back`}</Button>}>
        {t`It may have been deleted, or the address is misspelled.`}
      </Empty>
    </div>
  );
}

/** What an address opens over a page is not there, or could not be read. `error`: why it could not; none where a list does not have it. */
export function MissingDialog({ what, error, onRetry, onClose }: { what: string; error?: unknown; onRetry?: () => void; onClose: () => void }) {
  const gone = !error || (error instanceof Problem && error.status === 404);
  return (
    <Modal opened onClose={onClose} title={gone ? t`There is no ${what}` : what}>
      {gone ? <Text size="sm">{t`It may have been deleted, or the address is misspelled.`}</Text> : <LoadError what={what} error={error} onRetry={() => onRetry?.()} />}
    </Modal>
  );
}
