//! `/api/admin-users`: the accounts of people who administer.

use actix_web::{HttpResponse, web};
use alias_core::access::Role;
use alias_core::audit::ActorKind;
use alias_core::identity::{Account, AccountChange, AccountDraft, AccountEdit, AccountId, Credential};
use alias_core::repository::AccountRepository;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::answer::{Prefer, created, deleted, found, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::{Admin, password};
use crate::error::{ApiError, Code};
use crate::extract::{JsonBody, JsonObject, typed};

/// What of an account can be written.
const WRITABLE: &[&str] = &["display_name", "password", "role", "organization_id", "active"];

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    /// The accounts, by address.
    pub users: Vec<Account>,
}

/// An account that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Account 'ops@acme.example' deleted successfully")]
    pub message: String,
    /// Its identity.
    #[schema(value_type = String, example = "usr_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub user_id: AccountId,
    /// Always true.
    pub deleted: bool,
}

/// Create an account with a password.
///
/// # Errors
/// 403 for a role above one's own, 409 where an account has the address, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/admin-users", tag = "identities", operation_id = "create_user",
    params(Once),
    request_body(content = AccountDraft, example = json!({
        "email": "ops@acme.example", "display_name": "Ada Lovelace", "password": "correct horse battery staple",
        "role": "admin",
    })),
    responses(
        (status = 201, description = "Created.", body = Account),
        (status = 409, description = "Account already exists."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    accounts: web::Data<dyn AccountRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<AccountDraft>,
) -> Result<HttpResponse, ApiError> {
    let asker = admin.clone();
    once.run(&admin, async move {
        let (new, password) = draft.parse()?;
        asker.may_make(new.appointment.role)?;
        let credential = Credential::Password(password::hash(password).await?);
        let account = accounts.create(new, credential, asker.actor()).await?;
        let location = format!("/api/admin-users/{}", account.user_id);
        Ok(created(&location, Some(account.version), None, &account))
    })
    .await
}

/// List accounts.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/admin-users", tag = "identities", operation_id = "list_users",
    responses((status = 200, description = "All accounts, by address.", body = AccountList)),
)]
pub async fn list(
    _: Admin,
    accounts: web::Data<dyn AccountRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(AccountList { users: accounts.list().await? }))
}

async fn existing(accounts: &dyn AccountRepository, id: AccountId) -> Result<Account, ApiError> {
    accounts.find(id).await?.ok_or_else(|| not_found::<AccountId>(&id.to_string()))
}

/// Show an account.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/admin-users/{user}", tag = "identities", operation_id = "get_user",
    params(Named<AccountId>),
    responses((status = 200, description = "The account.", body = Account)),
)]
pub async fn find(
    _: Admin,
    accounts: web::Data<dyn AccountRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let account = existing(&**accounts, id).await?;
    Ok(found(account.version, &account))
}

/// Whether this is the account that asks.
fn is_own(admin: &Admin, account: &Account) -> bool {
    matches!(admin.actor().kind, ActorKind::Account { id, .. } if id == account.user_id)
}

fn locked_out() -> ApiError {
    let detail = "You would lock yourself out: let somebody else disable, demote or delete your account.";
    ApiError::new(Code::Forbidden, detail)
}

/// Whether somebody may make this change: nobody lifts others above himself, or locks himself out. Whether the account
/// is in his reach is asked where the change is written.
fn check_change(admin: &Admin, before: &Account, change: &AccountChange) -> Result<(), ApiError> {
    let role: Role = change.appointment.as_ref().map_or(before.role, |new| new.role);
    admin.may_appoint(role)?;
    if is_own(admin, before) && (role != before.role || change.active == Some(false)) {
        return Err(locked_out());
    }
    Ok(())
}

/// Update an account.
///
/// A field that is absent is kept. A new password, and `active: false`, end all its sessions.
///
/// # Errors
/// 403 for a role above one's own, 404, 409 for the last owner, 412 where it is not at the version of `If-Match`,
/// 422 for wrong fields.
#[utoipa::path(
    method(put, patch), path = "/api/admin-users/{user}", tag = "identities", operation_id = "update_user",
    params(Named<AccountId>, IfMatch),
    request_body(content = AccountEdit, example = json!({"role": "viewer"})),
    responses(
        (status = 200, description = "The account as it is now.", body = Account),
        (status = 409, description = "It is the last active owner."),
    ),
)]
pub async fn update(
    admin: Admin,
    accounts: web::Data<dyn AccountRepository>,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<AccountId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let before = existing(&**accounts, id).await?;
    let edit: AccountEdit = typed(changes(sent, &before, WRITABLE)?)?;
    let (mut change, password) = edit.parse()?;
    check_change(&admin, &before, &change)?;
    if let Some(password) = password {
        change.password = Some(password::hash(password).await?);
    }
    let after = accounts.update(id, change, expected, admin.actor()).await?;
    Ok(updated(after.version, None, &after))
}

/// Delete an account with its sessions.
///
/// # Errors
/// 403 for an account above one's own role, 404, 409 for the last owner, 412 where it is not at the version of
/// `If-Match`.
#[utoipa::path(
    delete, path = "/api/admin-users/{user}", tag = "identities", operation_id = "delete_user",
    params(Named<AccountId>, IfMatch, Prefer),
    responses(
        (status = 200, description = "It is gone.", body = AccountDeleted),
        (status = 409, description = "It is the last active owner."),
    ),
)]
pub async fn delete(
    admin: Admin,
    accounts: web::Data<dyn AccountRepository>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let before = existing(&**accounts, id).await?;
    if is_own(&admin, &before) {
        return Err(locked_out());
    }
    let gone = accounts.delete(id, expected, admin.actor()).await?;
    let message = format!("Account '{}' deleted successfully", gone.email);
    Ok(deleted(prefer, None, &AccountDeleted { message, user_id: gone.user_id, deleted: true }))
}
