//! `/api/admin-users/…`: the first owner, signing in and out, and who one is.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use alias_core::access::Role;
use alias_core::audit::{Actor, ActorKind, Source};
use alias_core::clock::{Clock, Timestamp};
use alias_core::identity::{
    Account, AccountDraft, AccountEdit, Credential, Email, Password, PasswordHash, SESSION_SECONDS,
};
use alias_core::organization::OrganizationId;
use alias_core::repository::{AccountRepository, SessionRepository, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::query::{NoParameters, Query};
use crate::admin::sign_on::SingleSignOn;
use crate::auth::guesses::Guesses;
use crate::auth::session::{SessionSecret, no_cookie};
use crate::auth::setup::SetupToken;
use crate::auth::{Admin, Exposure, password};
use crate::edge::RequestId;
use crate::error::{ApiError, Code};
use crate::extract::{JsonBody, required};
use crate::refusals::SigningIn;

/// What the page for signing in has to offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupStatus {
    /// Whether `POST /api/admin-users/setup` takes the token that the server printed.
    pub setup_needed: bool,
    /// Whether `GET /api/admin-users/oidc/login` leads to an identity provider.
    pub single_sign_on: bool,
}

/// The first owner.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupDraft {
    /// The token that the server printed when it started.
    #[schema(required, example = "ihsPR0Cm3nF0Qx3Xv1mXb6yq0w5gkq2J")]
    setup_token: Option<String>,
    /// The owner's address.
    #[serde(default)]
    #[schema(required, example = "ops@acme.example")]
    email: String,
    /// The owner's password, 12 to 128 characters.
    #[serde(default)]
    #[schema(required)]
    password: Password,
    /// What the person is called; the address where absent.
    #[schema(example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// Somebody who signs in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInDraft {
    /// The account's address.
    #[schema(required, example = "ops@acme.example")]
    email: Option<String>,
    /// Its password.
    #[schema(required)]
    password: Option<Password>,
}

/// A new password for oneself.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordDraft {
    /// The present password.
    #[schema(required)]
    current_password: Option<Password>,
    /// The new one, 12 to 128 characters.
    #[schema(required)]
    password: Option<Password>,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// The account.
    pub user: Account,
    /// What every change has to carry as `x-csrf-token`.
    pub csrf_token: String,
    /// When the session ends at the latest; 30 minutes without a request end it earlier.
    pub expires_at: Timestamp,
}

/// Who one is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// What one proved: `local` (open mode), `admin_key`, `token` or `account`.
    #[schema(example = "account")]
    pub actor: &'static str,
    /// The name of the token, or the address of the account.
    pub name: Option<String>,
    /// What one may do.
    pub role: Role,
    /// The only organization in reach; null reaches all.
    #[schema(value_type = Option<String>, example = "org_newclient")]
    pub organization_id: Option<OrganizationId>,
    /// The account, of somebody who signed in.
    pub user: Option<Account>,
    /// What every change has to carry as `x-csrf-token`, of somebody who signed in.
    pub csrf_token: Option<String>,
    /// `open` (this machine needs no key) or `keyed`.
    #[schema(example = "keyed")]
    pub mode: &'static str,
}

/// What signing in takes: where accounts and sessions are kept, and what bounds guessing.
type Door = (web::Data<dyn AccountRepository>, web::Data<dyn SessionRepository>, web::Data<Guesses>);

/// Show whether the first owner is still to be made, and what signing in can be done with.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/admin-users/setup/status", tag = "identities", operation_id = "get_setup_status",
    responses((status = 200, description = "Whether setup is needed.", body = SetupStatus)),
)]
pub async fn setup_status(
    request: HttpRequest,
    accounts: web::Data<dyn AccountRepository>,
    token: web::Data<SetupToken>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let setup_needed = token.expose().is_some() && accounts.list().await?.is_empty();
    let single_sign_on = request.app_data::<web::Data<SingleSignOn>>().is_some();
    Ok(HttpResponse::Ok().json(SetupStatus { setup_needed, single_sign_on }))
}

/// Make the first owner, with the token that the server printed, and sign in.
///
/// # Errors
/// 401 for a wrong token, 409 where there is an account, 422 for wrong fields, 429 after too many attempts.
#[utoipa::path(
    post, path = "/api/admin-users/setup", tag = "identities", operation_id = "set_up",
    request_body(content = SetupDraft, example = json!({
        "setup_token": "ihsPR0Cm3nF0Qx3Xv1mXb6yq0w5gkq2J", "email": "ops@acme.example",
        "password": "correct horse battery staple", "display_name": "Ada Lovelace",
    })),
    responses(
        (status = 201, description = "Created and signed in.", body = SignedIn),
        (status = 400, description = "The body is no JSON, or a parameter is unknown."),
        (status = 401, description = "The token is wrong."),
        (status = 409, description = "There is an account already."),
        (status = 422, description = "Wrong fields."),
        (status = 429, description = "Too many attempts."),
    ),
)]
pub async fn setup(
    request: HttpRequest,
    (accounts, sessions, guesses): Door,
    token: web::Data<SetupToken>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<SetupDraft>,
) -> Result<HttpResponse, ApiError> {
    guesses.sign_in(request.peer_addr().map(|peer| peer.ip()))?;
    let presented = required("setup_token", draft.setup_token)?;
    if !accounts.list().await?.is_empty() {
        return Err(setup_done());
    }
    if !token.is(&presented) {
        let detail = "The setup token is wrong: use the one that the server printed at its last start.";
        return Err(ApiError::new(Code::InvalidCredentials, detail));
    }
    let (email, password, display_name) = (draft.email, draft.password, draft.display_name);
    let role = Role::Owner.to_string();
    let (new, password) =
        AccountDraft { email, password, display_name, role, organization_id: None }.parse()?;
    let credential = Credential::Password(password::hash(password).await?);
    let made = accounts.create_first(new, credential, &anonymous(&request)).await;
    let account = made.map_err(|why| match why {
        StoreError::AlreadyExists { .. } => setup_done(),
        other => other.into(),
    })?;
    token.spend();
    sign_in(&request, &**sessions, clock.now(), account).await.map(|answer| with_status(answer, 201))
}

fn setup_done() -> ApiError {
    ApiError::new(Code::SetupDone, "There is an account already: sign in, or ask an owner for one.")
}

fn with_status(mut answer: HttpResponse, status: u16) -> HttpResponse {
    if let Ok(status) = actix_web::http::StatusCode::from_u16(status) {
        *answer.status_mut() = status;
    }
    answer
}

/// Sign in with a password.
///
/// # Errors
/// 401 where the address and password are not those of an active account, 429 after too many attempts.
#[utoipa::path(
    post, path = "/api/admin-users/login", tag = "identities", operation_id = "sign_in",
    request_body(content = SignInDraft, example = json!({
        "email": "ops@acme.example", "password": "correct horse battery staple",
    })),
    responses(
        (status = 200, description = "Signed in; the session is in the cookie.", body = SignedIn),
        (status = 400, description = "The body is no JSON, or a parameter is unknown."),
        (status = 401, description = "The address or the password is wrong."),
        (status = 422, description = "Wrong fields."),
        (status = 429, description = "Too many attempts."),
    ),
)]
pub async fn login(
    request: HttpRequest,
    sessions: web::Data<dyn SessionRepository>,
    guesses: web::Data<Guesses>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<SignInDraft>,
) -> Result<HttpResponse, ApiError> {
    let (email, password) = (required("email", draft.email)?, required("password", draft.password)?);
    guesses.sign_in(request.peer_addr().map(|peer| peer.ip()))?;
    request.extensions_mut().insert(SigningIn(email.clone()));
    let found = match email.parse::<Email>() {
        Ok(email) => sessions.by_password(&email).await?,
        Err(_) => None,
    };
    let (account, hash) = found.unzip();
    match account {
        account if !password::verify(password, hash).await? => Err(refused(account.is_some())),
        None => Err(refused(false)),
        Some(account) => sign_in(&request, &**sessions, clock.now(), account).await,
    }
}

/// Change one's own password. Every other session ends.
///
/// # Errors
/// 401 where the present password is wrong, 403 for who did not sign in with one, 422 for a new one that does not
/// fit, 429 after too many attempts.
#[utoipa::path(
    post, path = "/api/admin-users/password", tag = "identities", operation_id = "change_password",
    request_body(content = PasswordDraft, example = json!({
        "current_password": "correct horse battery staple", "password": "purple elephants dance at noon",
    })),
    responses((status = 200, description = "Changed; the new session is in the cookie.", body = SignedIn)),
)]
pub async fn change_password(
    admin: Admin,
    request: HttpRequest,
    (accounts, sessions, guesses): Door,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<PasswordDraft>,
) -> Result<HttpResponse, ApiError> {
    guesses.sign_in(request.peer_addr().map(|peer| peer.ip()))?;
    let current = required("current_password", draft.current_password)?;
    let password = Some(required("password", draft.password)?);
    let (mut change, password) = AccountEdit { password, ..AccountEdit::default() }.parse()?;
    let (account, hash) = own_account(&admin, &**sessions).await?;
    if !password::verify(current, Some(hash)).await? {
        return Err(ApiError::new(Code::InvalidCredentials, "The present password is wrong."));
    }
    if let Some(password) = password {
        change.password = Some(password::hash(password).await?);
    }
    let account = accounts.update(account.user_id, change, Some(account.version), admin.actor()).await?;
    sign_in(&request, &**sessions, clock.now(), account).await
}

/// The account that asks, if it signs in with a password.
async fn own_account(
    admin: &Admin,
    sessions: &dyn SessionRepository,
) -> Result<(Account, PasswordHash), ApiError> {
    let found = match &admin.actor().kind {
        ActorKind::Account { email, .. } => match email.parse() {
            Ok(email) => sessions.by_password(&email).await?,
            Err(_) => None,
        },
        _ => None,
    };
    found.ok_or_else(|| ApiError::new(Code::Forbidden, "Only who signed in with a password can change it."))
}

/// One answer, whatever was wrong; the log knows more.
fn refused(known: bool) -> ApiError {
    tracing::info!(known, "a sign-in failed");
    ApiError::new(Code::InvalidCredentials, "The address or the password is wrong.")
}

/// Opens a session of an account: the one way in, by password or through a provider.
///
/// # Errors
/// 401 where the account was disabled or deleted meanwhile, 503 where the storage is away.
pub async fn sign_in(
    request: &HttpRequest,
    sessions: &dyn SessionRepository,
    now: Timestamp,
    account: Account,
) -> Result<HttpResponse, ApiError> {
    let secret = SessionSecret::draw()?;
    let kind =
        ActorKind::Account { id: account.user_id, email: account.email.to_string(), role: account.role };
    let actor = Actor { kind, source: Source::Ui, ..anonymous(request) };
    // Who signs in anew leaves no session behind.
    if let Some(before) = SessionSecret::presented(request.headers()) {
        sessions.close(&before.digest(), &actor).await?;
    }
    sessions.open(&account, secret.digest(), &actor).await.map_err(|why| match why {
        StoreError::NotFound { .. } => refused(true),
        other => other.into(),
    })?;
    let expires_at = Timestamp::from_micros(now.micros() + SESSION_SECONDS * 1_000_000);
    let body = SignedIn { user: account, csrf_token: secret.csrf_token(), expires_at };
    Ok(HttpResponse::Ok().cookie(secret.cookie(request.headers())).json(body))
}

fn anonymous(request: &HttpRequest) -> Actor {
    Actor {
        kind: ActorKind::Anonymous,
        session: None,
        source: Source::Api,
        address: request.peer_addr().map(|peer| peer.ip()),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
        reason: None,
        seen: None,
    }
}

/// Sign out: the session ends, and its cookie goes.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    post, path = "/api/admin-users/logout", tag = "identities", operation_id = "sign_out",
    responses((status = 204, description = "Signed out.")),
)]
pub async fn logout(
    admin: Admin,
    request: HttpRequest,
    sessions: web::Data<dyn SessionRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    if let Some(secret) = &admin.principal().session {
        sessions.close(&secret.digest(), admin.actor()).await?;
    }
    Ok(HttpResponse::NoContent().cookie(no_cookie(request.headers())).finish())
}

/// Show who one is, and what one may do.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/admin-users/me", tag = "identities", operation_id = "who_am_i",
    responses((status = 200, description = "Who asks.", body = Me)),
)]
pub async fn me(
    admin: Admin,
    accounts: web::Data<dyn AccountRepository>,
    exposure: web::Data<Exposure>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let kind = &admin.actor().kind;
    let user = match kind {
        ActorKind::Account { id, .. } => accounts.find(*id).await?,
        _ => None,
    };
    Ok(HttpResponse::Ok().json(Me {
        actor: kind.as_str(),
        name: kind.name().map(str::to_owned),
        role: admin.authority().role,
        organization_id: admin.home().cloned(),
        user,
        csrf_token: admin.principal().session.as_ref().map(SessionSecret::csrf_token),
        mode: if exposure.is_open() { "open" } else { "keyed" },
    }))
}
