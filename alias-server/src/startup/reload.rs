//! Settings that are read again while the server runs.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::config::{Config, Settings};
use crate::telemetry::Log;

/// Where settings are read, and what may take other ones while the server runs.
pub struct Reload {
    current: Mutex<Current>,
    read: Box<dyn Fn() -> Result<Settings, String> + Send + Sync>,
    log: Log,
}

/// The settings that count, and what stood in the files that they name.
struct Current {
    settings: Settings,
    files: Digests,
}

/// A digest of each file, by the setting that names it; none of one that cannot be read.
type Digests = BTreeMap<&'static str, Option<[u8; 32]>>;

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reload").finish_non_exhaustive()
    }
}

impl Reload {
    /// For a server that starts with `settings`, which `read` reads anew.
    pub fn new(
        settings: Settings,
        read: impl Fn() -> Result<Settings, String> + Send + Sync + 'static,
        log: Log,
    ) -> Self {
        let files = digests(&settings);
        Self { current: Mutex::new(Current { settings, files }), read: Box::new(read), log }
    }

    /// Reads the settings again: the log takes its filter; of others is told that they wait for the next start. Settings
    /// that cannot be read change nothing.
    pub(super) fn again(&self) {
        let checked = (self.read)().and_then(|fresh| {
            Config::from_settings(fresh.clone()).map_err(|why| why.to_string())?;
            Ok(fresh)
        });
        let fresh = match checked {
            Ok(fresh) => fresh,
            Err(why) => {
                tracing::warn!(why, "the settings cannot be read again: going on with those of before");
                return;
            }
        };
        let files = digests(&fresh);
        let mut current = self.current.lock();
        let mut changed = fresh.changed_from(&current.settings);
        changed.extend(files.keys().filter(|name| files.get(*name) != current.files.get(*name)));
        changed.sort_unstable();
        changed.dedup();
        if changed.contains(&"log") {
            let filter = fresh.log.clone().unwrap_or_else(|| "info".to_owned());
            match self.log.set(&filter) {
                Ok(()) => {
                    current.settings.log = fresh.log;
                    tracing::warn!(log = filter, "the log has another filter");
                }
                Err(why) => tracing::warn!(why, "going on with the log's filter of before"),
            }
        }
        changed.retain(|name| *name != "log");
        if changed.is_empty() {
            tracing::warn!("the settings were read again: no other one has changed");
        } else {
            let changed = changed.join(", ");
            tracing::warn!(changed, "the settings were read again: restart for these to count");
        }
    }
}

/// What stands in the files that settings name. Those of the certificate take care of themselves.
fn digests(settings: &Settings) -> Digests {
    let said = settings.files().into_iter().filter(|(name, _)| !name.starts_with("tls_"));
    said.map(|(name, path)| (name, std::fs::read(path).ok().map(|bytes| Sha256::digest(bytes).into())))
        .collect()
}
