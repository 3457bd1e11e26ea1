// A piece of code that can be copied.
import type { ReactNode } from 'react';

import { t } from '../words';
import { CopyButton } from './copy-button';

export function Code({ text, label, children }: { text: string; label: string; children?: ReactNode }) {
  return (
    <div style={{ position: 'relative' }}>
      <pre className="code" tabIndex={0} aria-label={label} style={{ paddingRight: 44 }}>
        {children ?? text}
      </pre>
      <div style={{ position: 'absolute', top: 7, right: 7 }}>
        <CopyButton value={text} label={t`Copy ${label}`} />
      </div>
    </div>
  );
}
