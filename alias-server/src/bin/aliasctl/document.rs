//! Documents in files: YAML or JSON, also with comments, read with the place of every fault.

use std::fmt;
use std::io::Read;
use std::path::Path;

use alias_core::desired::{Document, Fault};
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseOptions, Scanner, ScannerOptions};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// How large a file may be.
const MOST_BYTES: u64 = 64 << 20;

/// How many brackets of YAML may be open at once: more than any file that can be read has.
const MOST_OPEN: usize = 1000;

/// The name by which maps of YAML take over others.
const MERGE: &str = "<<";

/// JSON, with comments and commas at the ends of lists, and nothing else beyond it.
const JSON: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};
/// Its parts.
const TOKENS: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The text of a file; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(MOST_BYTES + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text))
    };
    match read {
        Ok(count) if count as u64 > MOST_BYTES => {
            Err(Failure::Failed(format!("{} has more than {MOST_BYTES} bytes", path.display())))
        }
        Ok(_) => Ok(text),
        Err(why) => Err(Failure::Failed(format!("{}: {why}", path.display()))),
    }
}

/// YAML, of which JSON is a part, as JSON: names are as they are written, and one that stands twice is an error.
pub(crate) fn value(path: &Path, text: &str) -> Result<Value, Failure> {
    let wrong = |why: String| Failure::Failed(format!("{}: {why}", path.display()));
    let text = out_of_fence(text.trim_start_matches('\u{feff}'));
    if is_json(text) {
        let read = jsonc_parser::parse_to_serde_value::<Unique>(text, &JSON);
        return read.map(|Unique(value)| value).map_err(|why| wrong(why.to_string()));
    }
    if is_deep(text) {
        return Err(wrong(format!("more than {MOST_OPEN} brackets are open at once")));
    }
    let Unique(mut read) = serde_norway::from_str(text).map_err(|why| wrong(why.to_string()))?;
    if read.is_null() {
        return Err(wrong("the file is empty: it must say at least `version: 1`".to_owned()));
    }
    merge(&mut read).map_err(wrong)?;
    Ok(read)
}

/// Whether more lists and maps are in each other than anybody means: reading them takes the square of their depth.
fn is_deep(text: &str) -> bool {
    let (mut open, mut before) = (0_usize, b'\n');
    for byte in text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
        match byte {
            // Within words they are no brackets.
            b'[' | b'{' if b"[{,:-\n".contains(&before) => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MOST_OPEN {
            return true;
        }
        before = byte;
    }
    false
}

/// Puts what `<<` names into the maps that it stands in; what they say themselves counts.
fn merge(value: &mut Value) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(merge),
        Value::Object(members) => {
            members.values_mut().try_for_each(merge)?;
            let all = match members.remove(MERGE) {
                None => return Ok(()),
                Some(Value::Array(all)) => all,
                Some(one) => vec![one],
            };
            for one in all {
                let Value::Object(more) = one else {
                    return Err(format!("{MERGE} must name a map, or a list of maps"));
                };
                for (name, value) in more {
                    members.entry(name).or_insert(value);
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What stands in a fence of Markdown, if the text was copied with one.
fn out_of_fence(text: &str) -> &str {
    let Some(bare) = text.trim().strip_prefix("```") else { return text };
    let bare = bare.split_once('\n').map_or(bare, |(_, bare)| bare);
    bare.strip_suffix("```").unwrap_or(bare)
}

/// Whether a text is JSON, with comments or without: it begins with a bracket, and YAML has words without quotes.
fn is_json(text: &str) -> bool {
    let mut scanner = Scanner::new(text, &TOKENS);
    let mut has_begun = false;
    loop {
        match scanner.scan() {
            Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => {}
            Ok(Some(Token::Word(_))) | Err(_) => return false,
            Ok(Some(Token::OpenBrace | Token::OpenBracket)) => has_begun = true,
            Ok(Some(_)) if !has_begun => return false,
            Ok(Some(_)) => {}
            Ok(None) => return has_begun,
        }
    }
}

/// A value in which no key stands twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OfUnique)
    }
}

struct OfUnique;

impl<'de> Visitor<'de> for OfUnique {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, number, list or map")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        let mut all = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Unique(Value::Array(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
        let mut all = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            if all.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("{name:?} stands twice in one object")));
            }
        }
        Ok(Unique(Value::Object(all)))
    }
}

/// The document in a file, as it is sent.
pub(crate) fn sent(path: &Path) -> Result<Value, Failure> {
    value(path, &text(path)?)
}

/// The document in a file, checked here.
pub(crate) fn checked(path: &Path) -> Result<Document, Failure> {
    read(path, sent(path)?)
}

/// A value that was read of a file, as a document.
pub(crate) fn read(path: &Path, value: Value) -> Result<Document, Failure> {
    Document::read(value).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(line).collect();
        Failure::Failed(format!("{} is no document:\n  {}", path.display(), lines.join("\n  ")))
    })
}

/// A fault with its place.
pub(crate) fn line(fault: &Fault) -> String {
    if fault.path.is_empty() {
        fault.message.clone()
    } else {
        format!("{}: {}", fault.path.join("."), fault.message)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        value(Path::new("f"), text).map_err(|why| why.sentence())
    }

    #[test]
    fn json_may_have_comments_and_means_what_json_means() {
        let text = "\u{feff}//\té first\n{\r\n\t\"a\": \"http://x\", // the \"b\"\n\t/*\tof\n two */ \"b\": [1, 2.5,],\n}//\tend";
        assert_eq!(read(text).unwrap(), json!({"a": "http://x", "b": [1, 2.5]}));
        assert_eq!(read(r#"["\ud83d\ude00", "a\u0085b"]"#).unwrap(), json!(["\u{1f600}", "a\u{85}b"]));
        assert_eq!(read("```json\n[1] // one\n```").unwrap(), json!([1]));
        let why = read("// first\n{\"a\": 1,\n\"a\": 2}").unwrap_err();
        assert!(why.contains("\"a\" stands twice"), "{why}");
        assert!(read("{\"a\": 1 \"b\": 2}").unwrap_err().contains("line 1"));
    }

    #[test]
    fn yaml_stays_yaml_whatever_it_begins_with() {
        assert_eq!(read("a: b # c\n").unwrap(), json!({"a": "b"}));
        assert_eq!(
            read("{a: http://b.example/c, d: 'e // f'}").unwrap(),
            json!({"a": "http://b.example/c", "d": "e // f"})
        );
        assert_eq!(read("{'a': 'b'}").unwrap(), json!({"a": "b"}));
        assert!(read("a: 1\na: 2\n").unwrap_err().contains("\"a\" stands twice"));
        let quoted = "\"version\": 1\n\"aliases\":\n  \"gpt-4\":\n    \"metadata\": {}\n";
        assert_eq!(read(quoted).unwrap(), json!({"version": 1, "aliases": {"gpt-4": {"metadata": {}}}}));
        assert!(read("").unwrap_err().contains("empty"));
        assert!(read("# nothing\n").unwrap_err().contains("empty"));
    }

    #[test]
    fn names_of_yaml_are_as_they_are_written() {
        assert_eq!(
            read("{4.10: a, 1e3: b, 0x1F: c, 012: d, 2024-01-01: e, no: f, 7: 8.50}").unwrap(),
            json!({"4.10": "a", "1e3": "b", "0x1F": "c", "012": "d", "2024-01-01": "e", "no": "f", "7": 8.5})
        );
    }

    #[test]
    fn maps_of_yaml_take_over_others() {
        let text = "least: &least {a: 1, b: 1, c: 1}\nless: &less {<<: *least, b: 2}\n\
                    one: {<<: *less, c: 3}\nall: [{<<: [{d: 4}, *less]}]\n";
        let read_text = read(text).unwrap();
        assert_eq!(read_text["one"], json!({"a": 1, "b": 2, "c": 3}));
        assert_eq!(read_text["all"], json!([{"a": 1, "b": 2, "c": 1, "d": 4}]));
        assert!(read("a: {<<: text}").unwrap_err().contains("<< must name a map"));
    }

    #[test]
    fn what_is_deeper_than_anybody_means_is_refused_at_once() {
        let deep = format!("metadata: {}", "[".repeat(200_000));
        assert!(read(&deep).unwrap_err().contains("1000 brackets"));
        let words = "- 'a [note' \n".repeat(2000);
        assert_eq!(read(&words).unwrap().as_array().unwrap().len(), 2000);
    }
}
