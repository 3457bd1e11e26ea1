// The order of a list as its address has it: `-usage_count,alias`, by the first key, then by the next.

export interface SortKey {
  key: string;
  down: boolean;
}

export const readOrder = (text: string): SortKey[] =>
  text
    .split(',')
    .filter(Boolean)
    .map((word) => ({ key: word.replace(/^-/, ''), down: word.startsWith('-') }));

const write = (order: SortKey[]): string => order.map(({ key, down }) => (down ? `-${key}` : key)).join(',');

/** The order after a click: by this key alone, or by it as well; again the other way round, and as a further key then no more. */
export function nextOrder(order: SortKey[], key: string, startsDown: boolean, further: boolean): string {
  const own = order.find((one) => one.key === key);
  const others = order.filter((one) => one !== own);
  if (!further) return write([{ key, down: own ? !own.down : startsDown }]);
  if (!own) return write([...order, { key, down: startsDown }]);
  if (own.down === startsDown) return write(order.map((one) => (one === own ? { key, down: !own.down } : one)));
  return write(others.length > 0 ? others : [{ key, down: startsDown }]);
}
