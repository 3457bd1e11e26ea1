//! Our own file: it is taken as it is.

use std::path::Path;

use serde_json::Value;

use super::{Imported, Level};
use crate::document;
use crate::failure::Failure;

/// Reads a document, whole.
pub(super) fn read(path: &Path, value: Value, into: &mut Imported) -> Result<(), Failure> {
    let read = document::read(path, value)?.write();
    for section in ["aliases", "access_groups", "organizations", "teams"] {
        if let Some(entries) = read[section].as_object() {
            into.find(Level::Exact, section, format!("{} as they are", entries.len()));
            into.whole = Some(read.clone());
        }
    }
    Ok(())
}
