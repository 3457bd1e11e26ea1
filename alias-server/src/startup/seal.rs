//! The seal of providers' ids, of a secret that all replicas share.

use alias_core::repository::{SecretRepository, ServiceSecret};

use super::StartError;
use crate::openai::Seal;

/// The seal that this replica and the others use: whichever started first has drawn its secret.
pub(super) async fn agreed(secrets: &dyn SecretRepository) -> Result<Seal, StartError> {
    let mut drawn = [0; 32];
    getrandom::fill(&mut drawn).map_err(|why| StartError::Seal(why.to_string()))?;
    let secret = secrets.agree(Seal::SECRET, ServiceSecret::new(drawn)).await?;
    Seal::new(&secret).map_err(|why| StartError::Seal(why.to_string()))
}
