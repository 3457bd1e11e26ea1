//! `/api/admin-users/oidc/…`: signing in through an OpenID provider.

use actix_web::http::header::LOCATION;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::repository::{AccountRepository, SessionRepository};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::query::{NoParameters, Query};
use crate::admin::sign_in::sign_in;
use crate::auth::guesses::Guesses;
use crate::config::SignOn;
use crate::edge::RequestId;
use crate::error::{ApiError, Code};
use crate::refusals::SigningIn;
use crate::sign_on::flow::{Seal, no_cookie};
use crate::sign_on::provider::Provider;
use crate::sign_on::{account, refused};

/// The longest parameter that a provider may send.
const MAX_PARAMETER: usize = 8 << 10;

/// Leads on from here: a redirect would still be part of the provider's, and the session's cookie would not be sent.
const SIGNED_IN: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta http-equiv=\"refresh\" content=\"0;url=/ui\"><title>Signed in</title>\
    <p>You are signed in. <a href=\"/ui\">Go on</a></p></html>";

/// Single sign-on, where it is set up.
#[derive(Debug)]
pub struct SingleSignOn {
    /// The provider.
    pub provider: Provider,
    /// What signs the cookie of an attempt.
    pub seal: Seal,
}

/// What a provider sends back. Others are allowed: providers add their own.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProviderAnswer {
    /// What the attempt began with.
    #[param(example = "4qRz0Fk1mXo")]
    state: Option<String>,
    /// What the identity is redeemed with.
    #[param(example = "SplxlOBeZQQYbYS6WxSbIA")]
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

impl SingleSignOn {
    /// Gets ready; the provider is asked when somebody signs in.
    ///
    /// # Errors
    /// Where the system gives no randomness, or TLS cannot be set up.
    pub fn new(settings: SignOn) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let seal = Seal::of(&settings).map_err(|why| why.to_string())?;
        Ok(Self { provider: Provider::new(settings)?, seal })
    }
}

fn configured(sign_on: Option<web::Data<SingleSignOn>>) -> Result<web::Data<SingleSignOn>, ApiError> {
    sign_on.ok_or_else(|| {
        ApiError::new(
            Code::RouteNotFound,
            "Single sign-on is not set up here: the setting oidc_issuer does it.",
        )
    })
}

/// Begin to sign in at the OpenID provider.
///
/// # Errors
/// 404 where single sign-on is not set up, 429 after too many attempts, 502 where the provider is away.
#[utoipa::path(
    get, path = "/api/admin-users/oidc/login", tag = "identities", operation_id = "begin_single_sign_on",
    responses(
        (status = 302, description = "To the provider; a cookie holds what the way back needs."),
        (status = 404, description = "Single sign-on is not set up."),
        (status = 429, description = "Too many attempts."),
        (status = 502, description = "The provider is away."),
    ),
)]
pub async fn login(
    request: HttpRequest,
    sign_on: Option<web::Data<SingleSignOn>>,
    guesses: web::Data<Guesses>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let sign_on = configured(sign_on)?;
    guesses.sign_in(request.peer_addr().map(|peer| peer.ip()))?;
    let (url, flow) = sign_on.provider.begin(clock.now().micros()).await?;
    let cookie = sign_on.seal.cookie(&flow, request.headers());
    Ok(HttpResponse::Found().insert_header((LOCATION, url)).cookie(cookie).finish())
}

/// Come back from the OpenID provider, and be signed in.
///
/// # Errors
/// 401 where the provider vouches for nobody or the attempt is not one of this browser, 403 for who may not come in,
/// 404 where single sign-on is not set up, 429 after too many attempts, 502 where the provider is away.
#[utoipa::path(
    get, path = "/api/admin-users/oidc/callback", tag = "identities", operation_id = "end_single_sign_on",
    params(ProviderAnswer),
    responses(
        (status = 200, description = "Signed in; the page leads to the dashboard.", content_type = "text/html"),
        (status = 401, description = "The provider did not vouch for this attempt."),
        (status = 403, description = "No role is meant for this person, or the account is disabled."),
        (status = 404, description = "Single sign-on is not set up."),
        (status = 429, description = "Too many attempts."),
        (status = 502, description = "The provider is away."),
    ),
)]
pub async fn callback(
    request: HttpRequest,
    sign_on: Option<web::Data<SingleSignOn>>,
    (accounts, sessions): (web::Data<dyn AccountRepository>, web::Data<dyn SessionRepository>),
    guesses: web::Data<Guesses>,
    clock: web::Data<dyn Clock>,
) -> Result<HttpResponse, ApiError> {
    let sign_on = configured(sign_on)?;
    guesses.sign_in(request.peer_addr().map(|peer| peer.ip()))?;
    let settings = sign_on.provider.settings();
    let answer = answer(&request)?;
    let flow = sign_on.seal.flow(request.headers(), clock.now());
    let flow = flow.filter(|flow| answer.state.as_deref().is_some_and(|state| flow.is_of(state)));
    let flow = flow.ok_or_else(|| again("This sign-in was not begun in this browser, or took too long."))?;
    if answer.iss.is_some_and(|issuer| issuer != settings.issuer) {
        return Err(again("Another provider answered."));
    }
    let code = answer.code.filter(|_| answer.error.is_none());
    let code = code.ok_or_else(|| again("The provider did not let you in."))?;
    let person = sign_on.provider.finish(code, flow).await?;
    request.extensions_mut().insert(SigningIn(person.name().to_owned()));
    let by = on_behalf(&request, &settings.issuer);
    let account = account::of(&person, settings, &**accounts, &**sessions, &by).await?;
    if !account.active {
        return Err(refused("the account is disabled"));
    }
    let signed_in = sign_in(&request, &**sessions, clock.now(), account).await?;
    let mut page = HttpResponse::Ok();
    page.cookie(no_cookie(request.headers()));
    for cookie in signed_in.cookies() {
        page.cookie(cookie.into_owned());
    }
    page.insert_header(("content-security-policy", "default-src 'none'; frame-ancestors 'none'"));
    Ok(page.content_type("text/html; charset=utf-8").body(SIGNED_IN))
}

fn again(why: &str) -> ApiError {
    ApiError::new(Code::InvalidCredentials, format!("{why} Begin again at /api/admin-users/oidc/login."))
}

fn answer(request: &HttpRequest) -> Result<ProviderAnswer, ApiError> {
    let read = web::Query::<ProviderAnswer>::from_query(request.query_string()).ok();
    let fits = |value: &Option<String>| value.as_ref().is_none_or(|value| value.len() <= MAX_PARAMETER);
    let read = read
        .map(web::Query::into_inner)
        .filter(|answer| [&answer.state, &answer.code, &answer.error, &answer.iss].into_iter().all(fits));
    read.ok_or_else(|| ApiError::new(Code::InvalidParameter, "This is not an answer of an OpenID provider."))
}

/// The service itself, on the word of the provider.
fn on_behalf(request: &HttpRequest, issuer: &str) -> Actor {
    Actor {
        address: request.peer_addr().map(|peer| peer.ip()),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
        reason: Some(format!("signed in at {issuer}")),
        ..Actor::system()
    }
}
