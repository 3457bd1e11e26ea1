//! From somebody whom the provider vouched for to an account here, whose role follows the provider's word.

use alias_core::audit::Actor;
use alias_core::identity::{Account, AccountChange, Appointment, Credential, NewAccount};
use alias_core::repository::{AccountRepository, SessionRepository, StoreError};

use super::{Person, refused};
use crate::config::SignOn;
use crate::error::ApiError;

/// The account of a person, made at the first time, with the role that the provider's claims stand for today.
///
/// # Errors
/// 403 for who may not come in, or whose account is disabled; 503 where the storage is away.
pub async fn of(
    person: &Person,
    settings: &SignOn,
    accounts: &dyn AccountRepository,
    sessions: &dyn SessionRepository,
    by: &Actor,
) -> Result<Account, ApiError> {
    let email = person.email(settings)?;
    let appointment = person.appointment(settings)?;
    match sessions.by_subject(&person.issuer, &person.subject).await? {
        Some(account) if holds(&account, &appointment) => Ok(account),
        Some(account) => {
            let change = AccountChange { appointment: Some(appointment), ..AccountChange::default() };
            accounts.update(account.user_id, change, None, by).await.map_err(kept_out)
        }
        None => {
            let display_name = person.display_name().unwrap_or_else(|| email.to_string());
            let credential =
                Credential::OpenId { issuer: person.issuer.clone(), subject: person.subject.clone() };
            accounts
                .create(NewAccount { email, display_name, appointment }, credential, by)
                .await
                .map_err(kept_out)
        }
    }
}

fn holds(account: &Account, appointment: &Appointment) -> bool {
    account.role == appointment.role && account.organization_id == appointment.organization_id
}

/// Accounts are never joined: who has an address at the provider does not get the account of that address here.
fn kept_out(why: StoreError) -> ApiError {
    match why {
        StoreError::AlreadyExists { .. } => {
            refused("the account is disabled, or another account has the e-mail address")
        }
        StoreError::UnknownReference { .. } => refused("the organization of the role does not exist"),
        other => other.into(),
    }
}
