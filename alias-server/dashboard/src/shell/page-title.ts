// The window's title: what is shown, then the product.
import { useEffect } from 'react';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Model Aliases`;
  }, [title]);
}
