//! The listener's certificate: read at the start, and again when its files change, for new connections.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

use crate::config::TlsFiles;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// The most bytes of either file.
const MAX_FILE: u64 = 1 << 20;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read, or holds nothing of the kind.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The two do not belong together, or are of a kind that is not known.
    #[error("{certificate} and {key} cannot be used together: {why}")]
    Pair {
        /// The certificate's file.
        certificate: String,
        /// The key's file.
        key: String,
        /// What is wrong.
        why: rustls::Error,
    },
}

/// A certificate with its key, as the files held them when they last fitted together.
#[derive(Debug)]
pub(super) struct Certificate {
    files: TlsFiles,
    current: ArcSwap<CertifiedKey>,
    /// The files' bytes when they were last read, usable or not.
    read: Mutex<Bytes>,
}

/// The bytes of both files.
#[derive(PartialEq, Eq)]
struct Bytes {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bytes(…)")
    }
}

impl Certificate {
    /// Reads the files for the first time.
    pub(super) fn open(files: TlsFiles) -> Result<Arc<Self>, CertificateError> {
        let read = Bytes::of(&files)?;
        let current = ArcSwap::from_pointee(read.parse(&files)?);
        Ok(Arc::new(Self { files, current, read: Mutex::new(read) }))
    }

    /// How TLS is spoken: 1.2 and 1.3, and HTTP/1.1 in it.
    pub(super) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Reads the files again, if they changed. What cannot be used is logged once, and changes nothing.
    pub(super) fn read_again(&self) {
        let changed = Bytes::of(&self.files).map(|found| {
            let mut read = self.read.lock();
            (*read != found).then(|| {
                let parsed = found.parse(&self.files);
                *read = found;
                parsed
            })
        });
        match changed {
            Ok(None) => {}
            Ok(Some(Ok(fresh))) => {
                self.current.store(Arc::new(fresh));
                tracing::info!(certificate = %self.files.certificate.display(), "new connections get the new certificate");
            }
            Ok(Some(Err(why))) | Err(why) => {
                tracing::warn!(%why, "going on with the certificate that is in use");
            }
        }
    }

    /// Follows the files until `stop`.
    pub(super) async fn follow(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            let certificate = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || certificate.read_again()).await;
        }
    }
}

/// Reads the files, and tells whether they can be used together.
///
/// # Errors
/// [`CertificateError`].
pub fn check_certificate(files: &TlsFiles) -> Result<(), CertificateError> {
    Bytes::of(files)?.parse(files).map(drop)
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

impl Bytes {
    fn of(files: &TlsFiles) -> Result<Self, CertificateError> {
        Ok(Self { certificate: contents(&files.certificate)?, key: contents(&files.key)? })
    }

    fn parse(&self, files: &TlsFiles) -> Result<CertifiedKey, CertificateError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|why| file(&files.certificate, why))?;
        if chain.is_empty() {
            return Err(file(&files.certificate, "there is no certificate (BEGIN CERTIFICATE) in it"));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| file(&files.key, "there is no private key (BEGIN PRIVATE KEY) in it"))?;
        let provider: CryptoProvider = ring::default_provider();
        CertifiedKey::from_der(chain, key, &provider).map_err(|why| CertificateError::Pair {
            certificate: files.certificate.display().to_string(),
            key: files.key.display().to_string(),
            why,
        })
    }
}

fn contents(path: &PathBuf) -> Result<Vec<u8>, CertificateError> {
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|why: std::io::Error| file(path, why))
}

fn file(path: &Path, why: impl ToString) -> CertificateError {
    CertificateError::File { path: path.display().to_string(), why: why.to_string() }
}
