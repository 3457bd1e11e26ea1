// Copying a text. Browsers give the clipboard to pages that came over https or from this machine; elsewhere a selection is copied.
import { t } from '../words';

/** False where the browser does not let it be copied at all. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

export const NOT_COPIED = t`The browser does not let this page copy: select the text and copy it yourself.`;

function copySelected(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  // Within what has the focus: a dialog takes it back from what is outside of it.
  (before?.closest('[role=dialog]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return copied;
}
