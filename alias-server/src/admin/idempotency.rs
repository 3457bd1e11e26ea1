//! Requests that may be repeated: with an `Idempotency-Key`, work is done once and its answer is kept for a day.

use std::future::{Future, Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use alias_core::repository::{Attempt, IdempotencyRepository, IdempotentRequest, RecordedAnswer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::admin::answer::{REVISION, optional_header};
use crate::auth::Admin;
use crate::edge::RequestId;
use crate::error::{ApiError, Code, Dialect};
use crate::extract::{BodyDigest, IDEMPOTENCY_KEY};

/// The headers that a repetition sees again.
const KEPT: [&str; 4] = ["content-type", "location", "etag", REVISION];

/// The members of answers that are shown once.
const SECRETS: [&str; 2] = ["virtual_key", "admin_token"];

/// The most characters of a key.
const MAX_KEY: usize = 255;

/// Does a request's work once for each `Idempotency-Key`.
#[derive(Debug)]
pub struct Once {
    request: HttpRequest,
    key: Option<String>,
}

impl IntoParams for Once {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional_header(
            "Idempotency-Key",
            "A text of your own: a repetition within 24 hours gets the first answer. A secret is not kept: within \
             10 minutes, a key of a team that was not used yet gets another one, and the one before stops working; \
             others stay hidden.",
            "6f1c2a9e",
        )]
    }
}

impl FromRequest for Once {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key_of(request).map(|key| Self { request: request.clone(), key }))
    }
}

fn key_of(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(key) = keys.next() else { return Ok(None) };
    let fits =
        |key: &&str| (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|b| (b' '..=b'~').contains(&b));
    match key.to_str().ok().filter(fits) {
        Some(key) if keys.next().is_none() => Ok(Some(key.to_owned())),
        _ => {
            let detail =
                format!("Idempotency-Key must be one text of 1 to {MAX_KEY} printable ASCII characters.");
            Err(ApiError::new(Code::InvalidParameter, detail).about("Idempotency-Key"))
        }
    }
}

impl Once {
    /// Does the work, or answers as before where it was done already.
    ///
    /// # Errors
    /// Those of the work; 422 where the key was used for another body, 409 while the first is under way, or where
    /// it never came to an answer.
    pub async fn run(
        self,
        admin: &Admin,
        work: impl Future<Output = Result<HttpResponse, ApiError>> + 'static,
    ) -> Result<HttpResponse, ApiError> {
        self.run_renewing(admin, work, async |answer| Ok(answer)).await
    }

    /// Does the work, or where it was done already answers as before, as `renew` makes it of the kept answer: with
    /// another secret in the place of one that may have been lost.
    ///
    /// # Errors
    /// Those of [`Self::run`] and of `renew`.
    pub async fn run_renewing(
        self,
        admin: &Admin,
        work: impl Future<Output = Result<HttpResponse, ApiError>> + 'static,
        renew: impl AsyncFnOnce(RecordedAnswer) -> Result<RecordedAnswer, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let Some(key) = &self.key else { return work.await };
        let Some(answers) = self.request.app_data::<web::Data<dyn IdempotencyRepository>>().cloned() else {
            return Err(ApiError::new(Code::InternalError, "The server is not set up."));
        };
        let claim = self.claim(admin, key);
        match answers.begin(&claim).await? {
            Attempt::First => {
                // On its own, so that it comes to an end and is recorded also where the client leaves.
                let done = actix_web::rt::spawn(record(answers, claim, self.request.clone(), work)).await;
                done.map_err(|why| {
                    ApiError::new(Code::InternalError, "Something went wrong; the log has the details.")
                        .caused_by(why)
                })?
            }
            Attempt::Answered(answer) => renew(answer).await.map(replayed),
            Attempt::InProgress => {
                let detail = "A request with this Idempotency-Key is under way. Try again shortly.";
                Err(ApiError::new(Code::RequestInProgress, detail).header("retry-after", "1"))
            }
            Attempt::Unanswered => {
                let detail = "A request with this Idempotency-Key was begun and never answered: the server stopped \
                    meanwhile, and whether it was done is not known. Read the object; where it is not there, repeat \
                    the request with a new key.";
                Err(ApiError::new(Code::RequestInProgress, detail))
            }
            Attempt::OtherBody => {
                let detail =
                    "This Idempotency-Key was used for another request. Take a new key for new work.";
                Err(ApiError::new(Code::IdempotencyKeyReused, detail))
            }
        }
    }

    /// Who asks for what under which key, and with which body and parameters.
    fn claim(&self, admin: &Admin, key: &str) -> IdempotentRequest {
        let request = &self.request;
        let kind = &admin.actor().kind;
        let who = format!("{} {}", kind.as_str(), kind.id().unwrap_or_default());
        let scope = [&who, request.method().as_str(), request.path(), key].join("\n");
        let body = request.extensions().get::<BodyDigest>().map_or([0; 32], |digest| digest.0);
        // With the key, which is not kept: a short password in a body is not to be found from the digest.
        let body = Sha256::new()
            .chain_update(body)
            .chain_update(request.query_string())
            .chain_update(key)
            .finalize();
        IdempotentRequest { scope: Sha256::digest(scope.as_bytes()).into(), body: body.into() }
    }
}

/// Works, and keeps the answer.
async fn record(
    answers: web::Data<dyn IdempotencyRepository>,
    claim: IdempotentRequest,
    request: HttpRequest,
    work: impl Future<Output = Result<HttpResponse, ApiError>>,
) -> Result<HttpResponse, ApiError> {
    let (answer, kept) = match work.await {
        Ok(response) => {
            let (response, kept) = taken(response);
            (Ok(response), kept)
        }
        Err(error) => {
            let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            let (_, kept) = taken(error.answer(Dialect::Problem, request.path(), &id));
            (Err(error), kept)
        }
    };
    let kept = kept.filter(|kept| is_kept(kept.status));
    if let Err(why) = answers.finish(&claim, kept).await {
        tracing::warn!(%why, "the answer to a request with an Idempotency-Key was not kept; repetitions are refused");
    }
    answer
}

/// Failures of ours are tried again, and so is who may not: that is asked, and recorded, each time.
fn is_kept(status: u16) -> bool {
    status < 500 && ![401, 403, 429].contains(&status)
}

/// Reads an answer's body, for keeping, and puts it back.
fn taken(response: HttpResponse) -> (HttpResponse, Option<RecordedAnswer>) {
    let status = response.status().as_u16();
    let header =
        |name: &&str| Some(((*name).to_owned(), response.headers().get(*name)?.to_str().ok()?.to_owned()));
    let headers = KEPT.iter().filter_map(header).collect();
    let (head, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(bytes) => {
            let body = without_secrets(&bytes);
            (head.set_body(bytes).map_into_boxed_body(), Some(RecordedAnswer { status, headers, body }))
        }
        Err(body) => (head.set_body(body), None),
    }
}

/// The body with every key blanked: what is shown once is not kept.
fn without_secrets(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return String::new() };
    blank(&mut value);
    // Only of a webhook: what others call so may be anything.
    if value.get("webhook_id").is_some()
        && let Some(secret) = value.get_mut("secret")
    {
        *secret = Value::Null;
    }
    value.to_string()
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if SECRETS.contains(&name.as_str()) { *member = Value::Null } else { blank(member) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        _ => {}
    }
}

fn replayed(answer: RecordedAnswer) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    for (name, value) in answer.headers {
        response.insert_header((name, value));
    }
    response.insert_header(("idempotent-replayed", "true")).body(answer.body)
}
