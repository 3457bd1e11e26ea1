//! The dashboard's files, as they were when the server was built.

use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;

use super::File;

/// A build without them is one without the dashboard.
#[derive(RustEmbed)]
#[folder = "dashboard/dist/"]
#[allow_missing = true]
struct Files;

/// A file by its path below `/ui/`.
pub(super) fn find(path: &str) -> Option<File> {
    let file = Files::get(path)?;
    let digest = HEXLOWER.encode(file.metadata.sha256_hash().get(..16)?);
    Some(File {
        media_type: file.metadata.mimetype().to_owned(),
        digest: format!("\"{digest}\""),
        bytes: file.data,
    })
}
