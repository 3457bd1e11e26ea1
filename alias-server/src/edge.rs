//! What every request and answer passes: one way to write its path, its id, the exposure rule, and errors in the path's
//! dialect.

mod path;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use actix_web::http::uri::Authority;
use actix_web::http::{StatusCode, Version};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use uuid::Uuid;
use uuid::fmt::Simple;

use crate::auth::Exposure;
use crate::auth::guesses::Guesses;
use crate::connection::{Requests, until_answered};
use crate::error::{ApiError, Code, Dialect, is_of_jobs};
use crate::explain::RecentRefusals;
use crate::metrics::Metrics;
use crate::refusals;

/// The id of a request: the client's own where it sent a safe one, else `req_` and a UUID.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The most bytes of a request's headers.
const MAX_HEAD: usize = 64 << 10;

/// The most bytes of a path: one with a reference to a model of 256 characters fits, each written as `%41`. What is longer takes
/// long to look for among the routes.
const MAX_PATH: usize = 1 << 10;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around all routes.
///
/// # Errors
/// None of its own.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    path::simplify(&mut request);
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let path = request.path().get(..MAX_PATH).unwrap_or_else(|| request.path()).to_owned();
    let dialect = Dialect::of(&path);
    let running = request.conn_data::<Requests>().map(Requests::begin);
    let admitted = check_head(&request).and_then(|()| admit(&request, dialect));
    let mut response = match admitted {
        // Nothing inside answers with a bare `Err`: handlers' errors are answers already.
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error),
    };
    if let Some(error) = error_of(&response) {
        log(&error, &path, &id);
        if let Some(metrics) = response.request().app_data::<web::Data<Metrics>>() {
            metrics.refused(error.code());
        }
        refusals::note(error.code(), &response).await;
        if let Some(recent) = response.request().app_data::<web::Data<RecentRefusals>>() {
            recent.note(&error, response.request(), &id);
        }
        let error = judged(error, response.request());
        let mut answer = error.answer(dialect, &path, &id);
        for (name, value) in response.headers() {
            if name.as_str() == "allow" {
                answer.headers_mut().insert(name.clone(), value.clone());
            }
        }
        response = response.into_response(answer);
    }
    finish(response.headers_mut(), dialect, &id);
    Ok(response.map_body(|_, body| until_answered(body, running)))
}

/// What is told who guesses too often.
fn judged(error: ApiError, request: &HttpRequest) -> ApiError {
    match request.app_data::<web::Data<Guesses>>() {
        Some(guesses) => guesses.judge(error, request.peer_addr().map(|peer| peer.ip())),
        None => error,
    }
}

/// A client's id is taken where it is short and safe to log.
fn request_id(headers: &HeaderMap) -> String {
    let safe = |id: &&str| {
        (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
    };
    let sent = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(safe);
    sent.map_or_else(drawn_id, str::to_owned)
}

/// An id for a request that came without one.
fn drawn_id() -> String {
    ["req_", Uuid::now_v7().simple().encode_lower(&mut [0; Simple::LENGTH])].concat()
}

/// Sees to it that a path and a head are small, and that it names its host in one way only.
fn check_head(request: &ServiceRequest) -> Result<(), ApiError> {
    // RFC 9110, section 15.5.15.
    if request.path().len() > MAX_PATH {
        let detail =
            format!("The path has more than {MAX_PATH} bytes: no object has a path as long as that.");
        return Err(ApiError::new(Code::PathTooLong, detail));
    }
    let size: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MAX_HEAD {
        return Err(ApiError::new(
            Code::HeadTooLarge,
            format!("The headers have more than {MAX_HEAD} bytes: send less."),
        ));
    }
    // An offer of HTTP/2 may be passed over, and is. Of a WebSocket the HTTP library thinks that it has no length.
    let is_websocket =
        |value: &HeaderValue| value.as_bytes().trim_ascii().to_ascii_lowercase().starts_with(b"websocket");
    if request.headers().get_all(UPGRADE).any(is_websocket) {
        let detail = "There are no WebSockets here: leave the header Upgrade out.";
        return Err(ApiError::new(Code::InvalidParameter, detail).about("Upgrade"));
    }
    // A target in its absolute form names a host, too (RFC 9112, section 3.2.2).
    let named = request.uri().authority().map(Authority::as_str);
    let mut hosts = request.headers().get_all(HOST).map(HeaderValue::as_bytes);
    let one = match (hosts.next(), hosts.next()) {
        (Some(host), None) => named.is_none_or(|named| named.as_bytes().eq_ignore_ascii_case(host)),
        (None, _) => request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    };
    if one { Ok(()) } else { Err(one_host()) }
}

fn one_host() -> ApiError {
    ApiError::new(
        Code::InvalidParameter,
        "A request needs exactly one Host header, which says what its target says.",
    )
}

fn admit(request: &ServiceRequest, dialect: Dialect) -> Result<(), ApiError> {
    // Calls carry a team's key in both modes, and health is asked by machines that know no name.
    let path = request.path();
    if dialect != Dialect::Problem || path.starts_with("/health") || is_of_jobs(path) {
        return Ok(());
    }
    match request.app_data::<web::Data<Exposure>>() {
        Some(exposure) => {
            exposure.admit(request.method(), request.headers(), request.peer_addr().map(|peer| peer.ip()))
        }
        None => Err(ApiError::new(Code::InternalError, "The server is not set up.")),
    }
}

/// The error in an answer: ours, or the framework's own bare one.
fn error_of(response: &ServiceResponse) -> Option<ApiError> {
    if let Some(error) = response.response().error() {
        let ours = error.as_error::<ApiError>().cloned();
        return Some(ours.unwrap_or_else(|| bare(response.status(), &error.to_string())));
    }
    let status = response.status();
    let is_bare = (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(CONTENT_TYPE);
    is_bare.then(|| bare(status, ""))
}

fn bare(status: StatusCode, why: &str) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => {
            ApiError::new(Code::RouteNotFound, "There is no such path. See /openapi.json.")
        }
        StatusCode::METHOD_NOT_ALLOWED => ApiError::new(
            Code::MethodNotAllowed,
            "This path does not take that method; the Allow header lists those it takes.",
        ),
        StatusCode::NOT_ACCEPTABLE => ApiError::new(
            Code::NotAcceptable,
            "Accept-Encoding refuses every coding that this path has: allow gzip or identity.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(Code::RequestTooLarge, "The body is too large."),
        status if status.is_client_error() && why.is_empty() => {
            ApiError::new(Code::InvalidParameter, "The request is not valid HTTP for this path.")
        }
        status if status.is_client_error() => {
            ApiError::new(Code::InvalidParameter, format!("The request is not valid: {}", clean(why)))
        }
        _ => ApiError::new(Code::InternalError, "Something went wrong; the log has the details."),
    }
}

fn clean(text: &str) -> String {
    text.chars().take(200).filter(|c| !c.is_control()).collect()
}

fn log(error: &ApiError, path: &str, id: &str) {
    let path: String = path.chars().take(256).collect();
    // A brown-out is what an operator wants.
    if error.code().status().is_server_error() && error.code() != Code::ModelBrownout {
        let cause = std::error::Error::source(error).map(|cause| format!("{cause:?}"));
        tracing::error!(request_id = id, path, code = error.word(), cause, "request failed");
    } else {
        tracing::debug!(request_id = id, path, code = error.word(), "request refused");
    }
}

fn finish(headers: &mut HeaderMap, dialect: Dialect, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if dialect == Dialect::Problem {
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        // The dashboard's files say these two themselves.
        for (name, value) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            let name = HeaderName::from_static(name);
            if !headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
    }
}
