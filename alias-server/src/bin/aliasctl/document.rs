//! Documents in files: YAML or JSON, read with the place of every fault.

use std::io::Read;
use std::path::Path;

use alias_core::desired::{Document, Fault};
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
    let read: serde_norway::Value = serde_norway::from_str(text).map_err(|why| wrong(why.to_string()))?;
    if read.is_null() {
        return Err(wrong("the file is empty: it must say at least `version: 1`".to_owned()));
    }
    serde_json::to_value(read).map_err(|why| wrong(format!("every name must be a text: {why}")))
}

/// The document in a file, as it is sent.
pub(crate) fn sent(path: &Path) -> Result<Value, Failure> {
    value(path, &text(path)?)
}

/// The document in a file, checked here.
pub(crate) fn checked(path: &Path) -> Result<Document, Failure> {
    Document::read(sent(path)?).map_err(|faults| {
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
