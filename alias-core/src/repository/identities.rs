//! Keeping those who administer. None of these writes touches the catalogue or its revision.

use async_trait::async_trait;

use super::{Expected, StoreError};
use crate::audit::Actor;
use crate::clock::Timestamp;
use crate::identity::{
    Account, AccountChange, AccountId, AdminToken, Credential, Email, NewAccount, NewToken, PasswordHash,
    Session, SessionDigest, TokenHolder,
};
use crate::key::{KeyDigest, KeyId};

/// Admin tokens.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TokenRepository: Send + Sync {
    /// Stores a new token.
    ///
    /// # Errors
    /// `UnknownReference` for an organization that does not exist.
    async fn create(&self, token: NewToken, by: &Actor) -> Result<AdminToken, StoreError>;

    /// The tokens that are not revoked, oldest first.
    async fn list(&self) -> Result<Vec<AdminToken>, StoreError>;

    /// Revokes a token for ever.
    ///
    /// # Errors
    /// `NotFound`.
    async fn revoke(&self, token: &KeyId, by: &Actor) -> Result<AdminToken, StoreError>;

    /// The holder of a presented token, if the token works at `now`; notes the use, to the minute.
    async fn authenticate(
        &self,
        digest: &KeyDigest,
        now: Timestamp,
    ) -> Result<Option<TokenHolder>, StoreError>;
}

/// Accounts of people. As long as one account is an active owner, one stays so.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountRepository: Send + Sync {
    /// Stores a new account.
    ///
    /// # Errors
    /// `AlreadyExists` if an account has the address, or the same person at the same provider;
    /// `UnknownReference` for an organization that does not exist.
    async fn create(
        &self,
        new: NewAccount,
        credential: Credential,
        by: &Actor,
    ) -> Result<Account, StoreError>;

    /// Stores the first account of all.
    ///
    /// # Errors
    /// `AlreadyExists` if there is any account.
    async fn create_first(
        &self,
        new: NewAccount,
        credential: Credential,
        by: &Actor,
    ) -> Result<Account, StoreError>;

    /// The account of an id.
    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError>;

    /// All accounts, by address.
    async fn list(&self) -> Result<Vec<Account>, StoreError>;

    /// Applies a change.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `LastOwner`; `UnknownReference` for an organization that does not exist.
    async fn update(
        &self,
        id: AccountId,
        change: AccountChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Account, StoreError>;

    /// Deletes the account with its sessions.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `LastOwner`.
    async fn delete(&self, id: AccountId, expected: Expected, by: &Actor) -> Result<Account, StoreError>;
}

/// Signing in, and who is signed in.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Whether there is any account, or any token that is not revoked: the admin API is not open then.
    async fn any_identity(&self) -> Result<bool, StoreError>;

    /// The active account of an address and its password's hash.
    async fn by_password(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError>;

    /// The active account of a person at an OpenID provider.
    async fn by_subject(&self, issuer: &str, subject: &str) -> Result<Option<Account>, StoreError>;

    /// Opens a session of an account, and notes the sign-in.
    ///
    /// # Errors
    /// `NotFound` if there is no such active account, or if it changed since it was read: what vouched for it then may
    /// not any more.
    async fn open(&self, account: &Account, digest: SessionDigest, by: &Actor) -> Result<(), StoreError>;

    /// The session of a presented secret, if it lives at `now` and its account is active; notes the use, to
    /// the minute.
    async fn resume(&self, digest: &SessionDigest, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session; one that is not there is no error.
    async fn close(&self, digest: &SessionDigest, by: &Actor) -> Result<(), StoreError>;
}
