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

/// YAML, of which JSON is a part, as JSON. A key that stands twice is an error.
pub(crate) fn value(path: &Path, text: &str) -> Result<Value, Failure> {
    let wrong = |why: String| Failure::Failed(format!("{}: {why}", path.display()));
    let text = out_of_fence(text.trim_start_matches('\u{feff}'));
    if is_json(text) {
        let read = jsonc_parser::parse_to_serde_value::<Unique>(text, &JSON);
        return read.map(|Unique(value)| value).map_err(|why| wrong(why.to_string()));
    }
    let read: serde_norway::Value = serde_norway::from_str(text).map_err(|why| wrong(why.to_string()))?;
    if read.is_null() {
        return Err(wrong("the file is empty: it must say at least `version: 1`".to_owned()));
    }
    serde_json::to_value(read).map_err(|why| wrong(format!("every name must be a text: {why}")))
}

/// What stands in a fence of Markdown, if the text was copied with one.
fn out_of_fence(text: &str) -> &str {
    let Some(bare) = text.trim().strip_prefix("```") else { return text };
    let bare = bare.split_once('\n').map_or(bare, |(_, bare)| bare);
    bare.strip_suffix("```").unwrap_or(bare)
}

/// Whether a text is JSON, with comments or without: YAML has words without quotes.
fn is_json(text: &str) -> bool {
    let mut scanner = Scanner::new(text, &TOKENS);
    let mut has_any = false;
    loop {
        match scanner.scan() {
            Ok(Some(Token::Word(_))) | Err(_) => return false,
            Ok(Some(Token::OpenBrace | Token::OpenBracket)) => has_any = true,
            Ok(Some(_)) => {}
            Ok(None) => return has_any,
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
        f.write_str("JSON")
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
        assert!(read("a: 1\na: 2\n").unwrap_err().contains("duplicate"));
    }
}
