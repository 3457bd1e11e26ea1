//! Keeping the secrets that the service draws for itself.

use std::fmt;

use async_trait::async_trait;

use super::StoreError;

/// 256 random bits that all replicas share. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceSecret([u8; 32]);

impl ServiceSecret {
    /// A secret of bytes that the caller has drawn (this crate has no randomness).
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes: for the database, and for what is derived of them.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ServiceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceSecret(…)")
    }
}

/// The service's own secrets, by name.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SecretRepository: Send + Sync {
    /// The secret that is kept under `name`; where there is none yet, `drawn` is, from now on. Whoever comes first
    /// has drawn for all replicas.
    async fn agree(&self, name: &str, drawn: ServiceSecret) -> Result<ServiceSecret, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        assert_eq!(format!("{:?}", ServiceSecret::new([7; 32])), "ServiceSecret(…)");
    }
}
