// The commands of `aliasctl` that do what forms do. Fields that a command has no flag for are left to curl.

const PLAIN = /^[A-Za-z0-9_./:@%+=,-]+$/;

const word = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

type Flags = Record<string, string | number | boolean | null | undefined | (string | number)[]>;

/** `aliasctl alias create smart openai/gpt-4 -d 'For tickets'`: flags without a value are left out. */
export function aliasctl(words: string[], flags: Flags = {}): string {
  const parts = ['aliasctl', ...words.map(word)];
  for (const [flag, value] of Object.entries(flags)) {
    if (value === true) parts.push(flag);
    if (typeof value === 'boolean') continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '') parts.push(flag, word(String(one)));
    }
  }
  return parts.join(' ');
}
