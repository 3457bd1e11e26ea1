//! The answers of writes and reads: status, `Location`, `ETag`, `x-alias-revision`, and the next request's view.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use alias_core::catalog::Revision;
use alias_router::LiveRouter;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, Required, Type};

use crate::error::ApiError;

/// The header that names the catalogue revision which a write produced.
pub const REVISION: &str = "x-alias-revision";

/// What is written out in one segment of a path (RFC 3986: unreserved, `:` and `@`).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'@');

/// A name as one segment of a path.
pub fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// Makes a write visible to the next request here, before it is answered.
pub async fn publish(live: &LiveRouter, revision: Revision) {
    if let Err(why) = live.refresh(revision).await {
        tracing::warn!(%why, %revision, "the catalogue was not reloaded after a write; the poller will");
    }
}

/// 200 with the object that was asked for.
pub fn found(version: u32, body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, etag(version))).json(body)
}

/// 200 with the object as the write left it. What is not part of the catalogue has no `revision`.
pub fn updated(version: u32, revision: impl Into<Option<Revision>>, body: &impl Serialize) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((ETAG, etag(version)));
    show(&mut answer, revision.into());
    answer.json(body)
}

/// 201 with the new object and where it is; things without versions have no `ETag`.
pub fn created(
    location: &str,
    version: Option<u32>,
    revision: impl Into<Option<Revision>>,
    body: &impl Serialize,
) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::CREATED);
    answer.insert_header((LOCATION, location));
    show(&mut answer, revision.into());
    if let Some(version) = version {
        answer.insert_header((ETAG, etag(version)));
    }
    answer.json(body)
}

/// 200 with a summary of what is gone, or 204 where that is preferred.
pub fn deleted(
    prefer: Prefer,
    revision: impl Into<Option<Revision>>,
    summary: &impl Serialize,
) -> HttpResponse {
    let mut answer = if prefer.minimal { HttpResponse::NoContent() } else { HttpResponse::Ok() };
    show(&mut answer, revision.into());
    if prefer.minimal {
        return answer.insert_header(("preference-applied", "return=minimal")).finish();
    }
    answer.json(summary)
}

fn show(answer: &mut HttpResponseBuilder, revision: Option<Revision>) {
    if let Some(revision) = revision {
        answer.insert_header((REVISION, revision.to_string()));
    }
}

/// A version as a strong entity tag.
pub fn etag(version: u32) -> String {
    format!("\"{version}\"")
}

/// What the client would rather have (`Prefer`, RFC 7240).
#[derive(Debug, Clone, Copy)]
pub struct Prefer {
    minimal: bool,
}

impl IntoParams for Prefer {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![optional_header("Prefer", "`return=minimal`: 204 in place of the summary.", "return=minimal")]
    }
}

impl FromRequest for Prefer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut preferences = request
            .headers()
            .get_all("prefer")
            .filter_map(|value| value.to_str().ok())
            .flat_map(|v| v.split(','));
        let minimal = preferences.any(|preference| preference.trim().eq_ignore_ascii_case("return=minimal"));
        ready(Ok(Self { minimal }))
    }
}

/// The description of a header that a request may have.
pub fn optional_header(name: &str, description: &str, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(Object::with_type(Type::String)))
        .example(Some(example.into()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        assert_eq!(segment("anthropic/claude-3+x@y:v1.0_~"), "anthropic%2Fclaude-3%2Bx@y:v1.0_~");
    }
}
