//! Why a server does not start.

use std::net::SocketAddr;

use alias_core::repository::StoreError;
use alias_store::spool::SpoolError;

use super::certificate::CertificateError;
use crate::auth::Refused;
use crate::jwt::KeysError;
use crate::snapshot::SnapshotError;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would have been open to others, or its key is weak.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The data folder cannot be used.
    #[error("cannot use the data folder {path}: {why}")]
    DataDir {
        /// The folder.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// The storage cannot be opened.
    #[error("cannot open the storage")]
    Store(#[from] StoreError),
    /// The database cannot be reached, and nothing is there to go by without it.
    #[error("cannot reach the database, and cannot start without it: {snapshot}")]
    Away {
        /// Why there is no snapshot to start from.
        snapshot: Box<SnapshotError>,
        /// Why the database cannot be reached.
        #[source]
        away: StoreError,
    },
    /// The usage spool cannot be opened.
    #[error("cannot open the usage spool")]
    Spool(#[from] SpoolError),
    /// An address cannot be listened on.
    #[error("cannot listen on {0}: {1}. Is another server running there? Choose another with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// The listener's certificate cannot be used.
    #[error("cannot use the listener's certificate")]
    Certificate(#[from] CertificateError),
    /// TLS cannot be set up.
    #[error("cannot set up TLS")]
    Tls(#[source] rustls::Error),
    /// The keys of callers' tokens cannot be used.
    #[error("cannot use the keys of jwt_keys_file or jwt_keys_url")]
    Tokens(#[from] KeysError),
    /// Single sign-on cannot be set up.
    #[error("cannot set up single sign-on")]
    SignOn(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The ids of providers cannot be sealed.
    #[error("cannot set up the sealing of providers' ids: {0}")]
    Seal(String),
    /// Spans of calls cannot be sent with these settings.
    #[error("cannot set up traces")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The upstream's URL or the system's certificates cannot be used.
    #[error("cannot set up the upstream: {0}")]
    Upstream(String),
    /// The mock provider or the HTTP server did not start.
    #[error("cannot start serving")]
    Serve(#[source] std::io::Error),
}
