// The window's title: what is shown, then the product.
import { useEffect } from 'react';

import { t } from '../words';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = t`${title} · Model Aliases`;
  }, [title]);
}
