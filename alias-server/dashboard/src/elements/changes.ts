/** Of a form only what differs from what it began with: what it does not show, and what somebody else changed meanwhile, stays. */
export function changesOf<T extends object>(before: T, now: T): Partial<T> {
  const old = before as Record<string, unknown>;
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value))) as Partial<T>;
}
