// What the browser keeps of a choice. Storage that is switched off is as if nothing was chosen.
export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
