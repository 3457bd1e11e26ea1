//! Documents in files: YAML or JSON, also with comments, read with the place of every fault.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use alias_core::desired::{Document, Fault};
use jsonc_parser::tokens::Token;
use serde_json::Value;

use crate::failure::Failure;

/// How large a file may be.
const MOST_BYTES: u64 = 64 << 20;

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
    let text = without_comments(out_of_fence(text));
    let read: serde_norway::Value = serde_norway::from_str(&text).map_err(|why| wrong(why.to_string()))?;
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

/// JSON with blanks in place of `//` and `/* */`, so that every fault stays in its place. YAML is left as it is.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(['{', '[', '/']) {
        return text.into();
    }
    let mut blanked = text.to_owned();
    let mut scanner = jsonc_parser::Scanner::new(text, &jsonc_parser::ScannerOptions::default());
    // What is no JSON further on is for the reader of YAML to judge.
    while let Ok(Some(token)) = scanner.scan() {
        if matches!(token, Token::CommentLine(_) | Token::CommentBlock(_)) {
            let place = scanner.token_start()..scanner.token_end();
            let blanks = text[place.clone()]
                .chars()
                .map(|c| if c.is_control() { c.to_string() } else { " ".repeat(c.len_utf8()) });
            blanked.replace_range(place, &blanks.collect::<String>());
        }
    }
    blanked.into()
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
    fn json_may_have_comments_and_faults_stay_where_they_are() {
        let text = "// é first\n{\n\t\"a\": \"http://x\", // the \"b\"\n\t/* of\n two */ \"b\": [1, 2,],\n}";
        assert_eq!(read(text).unwrap(), json!({"a": "http://x", "b": [1, 2]}));
        assert_eq!(read("```json\n[1] // one\n```").unwrap(), json!([1]));
        assert_eq!(read("a: b # c\n").unwrap(), json!({"a": "b"}));
        let why = read("// first\n{\"a\": 1,\n\"a\": 2}").unwrap_err();
        assert!(why.contains("duplicate") && why.contains("line 2"), "{why}");
    }
}
