// Catalogues of texts in the form that translators' programs read and write (gettext's PO): written, and read again.

const quoted = (text) => JSON.stringify(text).replaceAll('\\\\u', '\\u');

const entry = ({ id, plural, notes = [], places = [] }) =>
  [...notes.map((note) => `#. ${note}`), ...places.map((place) => `#: ${place}`), `msgid ${quoted(id)}`, ...(plural ? [`msgid_plural ${quoted(plural)}`, 'msgstr[0] ""', 'msgstr[1] ""'] : ['msgstr ""'])].join('\n');

/** A catalogue in which nothing is translated yet: what a language begins with. */
export function writeTemplate(messages, comment) {
  const head = [`# ${comment}`, 'msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=UTF-8\\n"', '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'].join('\n');
  return `${[head, ...messages.map(entry)].join('\n\n')}\n`;
}

const FIELD = /^(msgid|msgid_plural|msgstr(?:\[\d+\])?) (".*")$/;

/** The messages of a catalogue: their English, and what a language has for it, in several forms where it is counted. */
export function readCatalogue(text) {
  return text.split(/\n{2,}/).flatMap((block) => {
    const fields = {};
    let name = '';
    for (const line of block.split('\n')) {
      const [, field, first] = FIELD.exec(line) ?? [];
      if (field) fields[(name = field)] = JSON.parse(first);
      else if (line.startsWith('"')) fields[name] += JSON.parse(line);
    }
    if (!fields.msgid) return [];
    const forms = Object.keys(fields).filter((key) => key.startsWith('msgstr[')).sort();
    return [{ id: fields.msgid, plural: fields.msgid_plural, translation: fields.msgid_plural ? forms.map((key) => fields[key]) : fields.msgstr }];
  });
}

/** What the page fetches of a language: only what is translated; all else stays English. */
export function textsOf(catalogue) {
  const done = readCatalogue(catalogue).filter(({ translation }) => [translation].flat().every(Boolean));
  return Object.fromEntries(done.map(({ id, translation }) => [id, translation]));
}
