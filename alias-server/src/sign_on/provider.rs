//! Speaking with the OpenID provider: bounded in time and size, and never led elsewhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreProviderMetadata};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SubjectIdentifier,
    UserInfoClaims,
};
use openidconnect::{OAuth2TokenResponse, TokenResponse};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::Person;
use super::flow::Flow;
use crate::config::SignOn;
use crate::error::{ApiError, Code};

/// How long one request to the provider may take, and all of a sign-in.
const REQUEST: Duration = Duration::from_secs(5);
const ALL: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MAX_ANSWER: usize = 1 << 20;
/// How long the provider's description and keys are held to be true.
const FRESH: Duration = Duration::from_mins(1);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider that people sign in with.
pub struct Provider {
    settings: SignOn,
    http: reqwest::Client,
    /// What the provider said of itself, and when.
    known: Mutex<Option<(Instant, Arc<CoreProviderMetadata>)>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// Claims that the provider adds, whatever they are called.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Claims(Map<String, Value>);

impl AdditionalClaims for Claims {}

/// Why an answer of the provider cannot be had.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error("the request failed")]
    Failed(#[from] reqwest::Error),
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
    #[error("the answer is no HTTP")]
    Malformed(#[from] http::Error),
}

impl Provider {
    /// Gets ready; nothing is asked of the provider yet, which may be away.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(settings: SignOn) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(REQUEST)
            .build()?;
        Ok(Self { settings, http, known: Mutex::default() })
    }

    /// Its settings.
    pub fn settings(&self) -> &SignOn {
        &self.settings
    }

    /// Begins: where to send the browser, and what it keeps.
    ///
    /// # Errors
    /// 502 where the provider is away.
    pub async fn begin(&self, now_micros: i64) -> Result<(String, Flow), ApiError> {
        let client = self.in_time(self.client()).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let flow = Flow {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            at: now_micros,
        };
        Ok((url.into(), flow))
    }

    /// Ends: redeems the code, and finds out whom the provider vouches for.
    ///
    /// # Errors
    /// 401 where the provider vouches for nobody, 502 where it is away.
    pub async fn finish(&self, code: String, flow: Flow) -> Result<Person, ApiError> {
        self.in_time(self.vouched(code, flow)).await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        tokio::time::timeout(ALL, work)
            .await
            .unwrap_or_else(|_| Err(away(std::io::Error::from(std::io::ErrorKind::TimedOut))))
    }

    async fn client(&self) -> Result<Client, ApiError> {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let client_id = ClientId::new(self.settings.client_id.clone());
        let description = self.description().await?;
        Ok(CoreClient::from_provider_metadata((*description).clone(), client_id, secret)
            .set_redirect_uri(RedirectUrl::from_url(self.settings.callback.clone())))
    }

    /// What the provider says of itself, its keys included. One asks at a time.
    async fn description(&self) -> Result<Arc<CoreProviderMetadata>, ApiError> {
        let mut known = self.known.lock().await;
        if let Some((at, description)) = &*known
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(description));
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(away)?;
        let found =
            CoreProviderMetadata::discover_async(issuer, &|request| self.ask(request)).await.map_err(away)?;
        let found = Arc::new(found);
        *known = Some((Instant::now(), Arc::clone(&found)));
        Ok(found)
    }

    async fn vouched(&self, code: String, flow: Flow) -> Result<Person, ApiError> {
        let client = self.client().await?;
        let ask = |request| self.ask(request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(away)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier))
            .request_async(&ask)
            .await
            .map_err(|why| match why {
                RequestTokenError::ServerResponse(said) if said.error().as_ref() == "invalid_grant" => {
                    unproven(std::io::Error::other(said.to_string()))
                }
                why => away(why),
            })?;
        let token =
            answer.id_token().ok_or_else(|| unproven(std::io::Error::other("there is no ID token")))?;
        let verifier = client.id_token_verifier();
        let claims = token.claims(&verifier, &Nonce::new(flow.nonce)).map_err(unproven)?;
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) =
                (token.signing_alg().map_err(unproven)?, token.signing_key(&verifier).map_err(unproven)?);
            let found =
                AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(unproven)?;
            if found != *expected {
                return Err(unproven(std::io::Error::other("the access token is another one")));
            }
        }
        let mut all = signed_claims(&token.to_string());
        let subject = claims.subject().clone();
        if !(all.contains_key("email") && all.contains_key(&self.settings.roles_claim)) {
            all.extend(self.further_claims(&client, answer.access_token().clone(), subject.clone()).await?);
        }
        Ok(Person { issuer: claims.issuer().to_string(), subject: subject.to_string(), claims: all })
    }

    /// Some providers say the rest elsewhere.
    async fn further_claims(
        &self,
        client: &Client,
        token: AccessToken,
        subject: SubjectIdentifier,
    ) -> Result<Map<String, Value>, ApiError> {
        let Ok(request) = client.user_info(token, Some(subject)) else { return Ok(Map::new()) };
        let ask = |request| self.ask(request);
        let claims: UserInfoClaims<Claims, CoreGenderClaim> =
            request.request_async(&ask).await.map_err(away)?;
        match serde_json::to_value(&claims) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Ok(Map::new()),
        }
    }

    /// One request to the provider. A redirect is not followed, and so is no answer.
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let mut answer = self.http.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(Unanswered::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut built = http::Response::builder().status(answer.status());
        if let Some(headers) = built.headers_mut() {
            headers.extend(answer.headers().clone());
        }
        Ok(built.body(body)?)
    }
}

/// All claims of an ID token whose signature was checked, those included that have no field of their own.
fn signed_claims(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let json = BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap_or_default();
    serde_json::from_slice(&json).unwrap_or_default()
}

fn away(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ApiError {
    ApiError::new(
        Code::IdentityProviderUnavailable,
        "The identity provider did not answer as it should. Try again later, or sign in with a password.",
    )
    .caused_by(Cause(why.into()))
}

/// The provider vouched for nobody; the log has the reason.
fn unproven(why: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    tracing::info!(why = ?why.to_string(), "a sign-on failed");
    ApiError::new(Code::InvalidCredentials, "The provider did not vouch for this sign-in. Begin again.")
}

/// A cause of any kind.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Cause(Box<dyn std::error::Error + Send + Sync>);
