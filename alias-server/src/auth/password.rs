//! Passwords: hashed with argon2id, away from the threads that serve, and two at a time.

use std::time::Duration;

use alias_core::identity::{Password, PasswordHash};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use tokio::sync::Semaphore;

use crate::error::{ApiError, Code};

/// Each takes 19 MiB and some 20 ms: more at a time would starve the calls.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes a new password, with a salt of its own.
///
/// # Errors
/// 500 where the system gives no randomness.
pub async fn hash(password: Password) -> Result<PasswordHash, ApiError> {
    apart(move || {
        let hash: phc::PasswordHash =
            Argon2::default().hash_password(password.expose().as_bytes()).map_err(failed)?;
        Ok(PasswordHash::new(hash.to_string()))
    })
    .await?
}

/// Whether the password is the one that was hashed. Without a hash it takes as long and is false: the time does
/// not tell which accounts exist.
///
/// # Errors
/// 500 where the system gives no randomness.
pub async fn verify(password: Password, hash: Option<PasswordHash>) -> Result<bool, ApiError> {
    let Some(hash) = hash else { return self::hash(password).await.map(|_| false) };
    apart(move || Argon2::default().verify_password(password.expose().as_bytes(), hash.as_str()).is_ok())
        .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    in_turn(&AT_A_TIME, work).await
}

async fn in_turn<T: Send + 'static>(
    turns: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let turn = tokio::time::timeout(PATIENCE, turns.acquire()).await;
    let turn = turn.map_err(|_| busy())?.map_err(failed)?;
    // The turn goes along with the work, which goes on where the client leaves.
    let work = move || {
        let _turn = turn;
        work()
    };
    actix_web::rt::task::spawn_blocking(work).await.map_err(failed)
}

fn busy() -> ApiError {
    ApiError::new(Code::RateLimited, "Too many people sign in at this moment. Try again shortly.")
        .header("retry-after", "5")
}

fn failed(why: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    ApiError::new(Code::InternalError, "The password could not be checked; the log has the details.")
        .caused_by(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        serde_json::from_value(text.into()).unwrap()
    }

    #[actix_web::test]
    async fn who_leaves_gives_no_turn_away_while_his_work_goes_on() {
        static TURNS: Semaphore = Semaphore::const_new(1);
        let (end, ended) = std::sync::mpsc::channel();
        let left = tokio::time::timeout(Duration::ZERO, in_turn(&TURNS, move || ended.recv())).await;
        assert!(left.is_err());
        assert_eq!(TURNS.available_permits(), 0);
        end.send(()).unwrap();
        assert!(tokio::time::timeout(PATIENCE, TURNS.acquire()).await.is_ok());
    }

    #[actix_web::test]
    async fn a_password_is_known_by_its_hash_only() {
        let hash = hash(password("correct horse battery")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(verify(password("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!verify(password("correct horse battery "), Some(hash.clone())).await.unwrap());
        assert!(!verify(password("correct horse battery"), None).await.unwrap());
        let again = self::hash(password("correct horse battery")).await.unwrap();
        assert_ne!(hash, again, "each has a salt of its own");
    }
}
