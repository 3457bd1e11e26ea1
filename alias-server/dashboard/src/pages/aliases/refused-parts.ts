// Which part of a list or of rules the server refused: it says so by place, or begins its sentence with the part's name.
import { Problem } from '../../api/problem';

/** `rows`: the names of the parts, in order. `members`: what a part has inputs for; all else is said of the part as a whole. */
export function refusedParts(error: unknown, field: string, rows: string[], members: string[]) {
  const all = error instanceof Problem ? error.fields.filter((one) => one.field === field) : [];
  const found = all.map(({ pointer = '', message }) => {
    const [place, ...path] = pointer.split('/').slice(2);
    const named = rows.findIndex((name) => message.startsWith(`${name}: `));
    const row = place === undefined ? named : /^\d+$/.test(place) ? Number(place) : rows.indexOf(place);
    const word = path.at(-1) ?? (named < 0 ? '' : /^\w*/.exec(message.slice(`${rows[named]}: `.length))?.[0]);
    return { row, member: members.find((one) => one === word) ?? '', message };
  });
  /** Of a part and its input; without one, of the part itself. */
  const at = (row: number, member = '') => found.find((one) => one.row === row && one.member === member)?.message;
  return { at, rest: at(-1) };
}
