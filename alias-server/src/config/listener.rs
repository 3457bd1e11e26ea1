//! Settings of the listener: its certificate, and how many connections it takes.

use std::path::PathBuf;

use super::{ConfigError, bounded, invalid};

/// The files of the listener's certificate, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those between it and its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Both files, or none.
    pub(super) fn of(
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
    ) -> Result<Option<Self>, ConfigError> {
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(invalid("tls_key_file", "is missing: tls_cert_file needs the key of its certificate"))
            }
            (None, Some(_)) => {
                Err(invalid("tls_cert_file", "is missing: tls_key_file needs the certificate of its key"))
            }
        }
    }
}

/// How many connections are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// At once; more wait in the system's queue.
    pub all: usize,
    /// At once from one address; more are closed.
    pub per_address: usize,
}

impl ConnectionLimits {
    /// Half of all for one address, where nothing else is said: nobody alone fills the server.
    pub(super) fn of(all: Option<usize>, per_address: Option<usize>) -> Result<Self, ConfigError> {
        const MOST: usize = 1_000_000;
        let all = bounded("max_connections", all, 20_000, 16, MOST)?;
        let per_address = bounded("max_connections_per_address", per_address, all / 2, 1, MOST)?;
        Ok(Self { all, per_address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_without_its_key_is_refused_and_the_missing_setting_named() {
        let of = |certificate: Option<&str>, key: Option<&str>| {
            TlsFiles::of(certificate.map(Into::into), key.map(Into::into)).map_err(|why| why.to_string())
        };
        assert_eq!(of(None, None), Ok(None));
        assert!(of(Some("c.pem"), Some("k.pem")).unwrap().is_some());
        assert!(of(Some("c.pem"), None).unwrap_err().contains("tls_key_file"));
        assert!(of(None, Some("k.pem")).unwrap_err().contains("tls_cert_file"));
    }
}
