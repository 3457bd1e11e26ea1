//! The note beside a snapshot, and the files of its folder.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

const NAME: &str = "snapshot.json";

/// What is known of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    /// Its file, in the same folder.
    pub(super) file: String,
    /// The digest of the file.
    pub(super) sha256: String,
    /// The database that it is of, without its password.
    pub(super) database: String,
    /// The revision that it has.
    pub(super) revision: Revision,
    /// How many servers there were.
    pub(super) servers: u64,
    /// When the database last said nothing else.
    pub(super) confirmed_at: Timestamp,
}

impl Note {
    /// The note of a folder; `None` where there is none, or it is not one.
    pub(super) fn read(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(folder.join(NAME)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Puts this note in the place of the one before, in one step.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut new, self)?;
        new.flush()?;
        new.as_file().sync_all()?;
        new.persist(folder.join(NAME))?;
        File::open(folder)?.sync_all()
    }

    /// Takes away the files of earlier snapshots, and what was left of unfinished ones.
    pub(super) fn forget_others(&self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let of_ours = name.to_str().is_some_and(|name| name.starts_with("catalogue-"));
            if of_ours && name != *self.file {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn digest(file: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(file)?, Sha256::new());
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(data_encoding::HEXLOWER.encode(&hasher.finalize()))
}

/// The folder, for its owner only.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
