//! Who this folder is to the database: `instance.json`, and the lock that keeps a second process out.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use alias_core::usage::InstanceId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disk;
use super::error::SpoolError;

const FILE: &str = "instance.json";

/// The folder's identity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) instance: InstanceId,
    /// How often the folder was opened under this id.
    pub(super) boot: u64,
    /// Which of the folder's segments belong to this id.
    pub(super) generation: u32,
    /// Events below were in the books when this was written.
    pub(super) shipped: u64,
}

impl Identity {
    /// A new one, whose numbers start at 0.
    pub(super) fn renewed(generation: u32) -> Self {
        Self { instance: InstanceId::new(Uuid::now_v7()), boot: 1, generation, shipped: 0 }
    }

    /// What the folder says; `None` where it says nothing that can be read.
    pub(super) fn load(folder: &Path) -> Result<Option<Self>, SpoolError> {
        let text = match fs::read(folder.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(SpoolError::io("read its instance"))?,
        };
        Ok(serde_json::from_slice(&text)
            .inspect_err(
                |error| tracing::error!(%error, "instance.json is damaged: taking a new instance id"),
            )
            .ok())
    }

    /// Replaces what the folder says, durably.
    pub(super) fn save(&self, folder: &Path) -> Result<(), SpoolError> {
        let text = serde_json::to_vec(self).map_err(SpoolError::content)?;
        disk::replace(&folder.join(FILE), &text).map_err(SpoolError::io("write its instance"))
    }
}

/// Takes the folder for this process, until the returned file is closed.
pub(super) fn lock(folder: &Path) -> Result<File, SpoolError> {
    let file = File::create(folder.join("lock")).map_err(SpoolError::io("create its lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SpoolError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(SpoolError::Io { doing: "lock its folder", source }),
    }
}
