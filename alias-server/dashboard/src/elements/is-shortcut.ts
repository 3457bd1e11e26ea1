// Whether a key that was pressed may be a shortcut: nobody types, nothing is open over the page, and they are not switched off.
import { stored } from '../stored';

function isTyping(target: HTMLElement): boolean {
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && target.type !== 'checkbox');
}

export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.target instanceof HTMLElement && isTyping(event.target)) return false;
  return stored('alias-shortcuts') !== 'false' && !document.querySelector('[role=dialog], [role=menu]');
}
