//! Request bodies: read whole, within a limit and a deadline, and understood as JSON by one set of rules.

mod strict;

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::{ApiError, Code, FieldError, Member};
use crate::room::{Room, Taken, no_room};

/// How long a client may take to send a whole body.
pub const BODY_DEADLINE: Duration = Duration::from_secs(20);

/// The header that makes a request repeatable.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The most wrong fields that are named at once.
pub const MOST_ERRORS: usize = 20;

/// The most characters that an error repeats of a text.
const MOST_REPEATED: usize = 128;

/// SHA-256 of the body as it came, of requests with an [`IDEMPOTENCY_KEY`].
#[derive(Debug, Clone, Copy)]
pub struct BodyDigest(pub [u8; 32]);

/// Notes the digest of a body that was read, where the request may be repeated.
pub fn note_digest(request: &HttpRequest, body: &[u8]) {
    if request.headers().contains_key(IDEMPOTENCY_KEY) {
        request.extensions_mut().insert(BodyDigest(Sha256::digest(body).into()));
    }
}

/// Limits on bodies, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// Of the admin API.
    pub admin: usize,
    /// Of calls.
    pub call: usize,
    /// Of all large calls and answers together, as far as they are held at a time.
    pub all: usize,
}

/// Reads a whole body.
///
/// # Errors
/// 415 for a coded or non-JSON body, 413 beyond `limit` bytes, 503 where there is no room for it, 408 beyond
/// [`BODY_DEADLINE`], 400 where the connection breaks off.
pub async fn read_body(
    headers: &HeaderMap,
    mut payload: Payload,
    limit: usize,
    taken: &mut Taken,
) -> Result<Bytes, ApiError> {
    check_media_type(headers)?;
    let too_large =
        || ApiError::new(Code::RequestTooLarge, format!("The body has more than {limit} bytes: send less."));
    let announced =
        headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|cause| {
                ApiError::new(Code::MalformedJson, "The body could not be read to its end.").caused_by(cause)
            })?;
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            if !taken.grow(body.len() + chunk.len()) {
                return Err(no_room());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(BODY_DEADLINE, read).await.unwrap_or_else(|_| {
        Err(ApiError::new(
            Code::RequestTimeout,
            format!("The body did not arrive within {} s.", BODY_DEADLINE.as_secs()),
        ))
    })
}

/// JSON comes as JSON, as plain text, as what `curl -d` says, or without a type; never coded.
fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let refuse = |what: String| Err(ApiError::new(Code::UnsupportedMediaType, what));
    if let Some(coding) = headers.get(CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return refuse("Send the body without a Content-Encoding.".into());
    }
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default().trim();
    let accepted =
        matches!(essence, "" | "application/json" | "text/plain" | "application/x-www-form-urlencoded")
            || (essence.ends_with("+json") && !essence.contains([',', ' ']));
    if accepted {
        Ok(())
    } else {
        refuse("Send JSON, with the header Content-Type: application/json.".into())
    }
}

/// A JSON object as it was sent: for updates, which take back what a GET gave.
#[derive(Debug)]
pub struct JsonObject(pub Map<String, Value>);

/// A JSON value as it was sent: for paths that take a bare list, too.
#[derive(Debug)]
pub struct JsonValue(pub Value);

/// A JSON object that has the form of `T`.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

/// A JSON object that has the form of `T`, or no body at all.
#[derive(Debug)]
pub struct JsonOrDefault<T>(pub T);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// Where the whole catalogue is sent as one document.
const DOCUMENTS: [&str; 2] = ["/api/apply", "/api/plan"];
/// What such a document may have whatever the limit of other bodies: ten thousands of aliases with all that they say.
const LARGEST_DOCUMENT: usize = 16 << 20;

fn read_admin_body(request: &HttpRequest, payload: &mut Payload) -> Extracting<Bytes> {
    let (request, payload) = (request.clone(), payload.take());
    Box::pin(async move {
        let limit = request.app_data::<web::Data<BodyLimits>>().map_or(1 << 20, |limits| limits.admin);
        let is_document = DOCUMENTS.contains(&request.path());
        let limit = if is_document { limit.max(LARGEST_DOCUMENT) } else { limit };
        let room =
            request.app_data::<web::Data<Room>>().map_or_else(|| Room::of(limit), |room| Room::clone(room));
        let body = read_body(request.headers(), payload, limit, &mut room.begin()).await?;
        note_digest(&request, &body);
        Ok(body)
    })
}

impl FromRequest for JsonValue {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_admin_body(request, payload);
        Box::pin(async move { value(&body.await?).map(Self) })
    }
}

impl FromRequest for JsonObject {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_admin_body(request, payload);
        Box::pin(async move { object(&body.await?).map(Self) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_admin_body(request, payload);
        Box::pin(async move { typed(object(&body.await?)?).map(Self) })
    }
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for JsonOrDefault<T> {
    type Error = ApiError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_admin_body(request, payload);
        Box::pin(async move {
            let body = body.await?;
            if body.is_empty() { Ok(Self(T::default())) } else { typed(object(&body)?).map(Self) }
        })
    }
}

/// Reads one JSON object: no duplicate names, no nesting deeper than 32, nothing after it.
///
/// # Errors
/// 400 `malformed_json` with line and column, 422 where it is JSON, but no object.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    as_object(value(bytes)?)
}

fn as_object(value: Value) -> Result<Map<String, Value>, ApiError> {
    match value {
        Value::Object(map) => Ok(map),
        other => {
            let detail = format!("The body must be a JSON object, not {}.", kind(&other));
            Err(ApiError::new(Code::InvalidType, detail))
        }
    }
}

/// Takes a bare list for the one field of the object that the path takes.
///
/// # Errors
/// 422 for what is neither a list nor an object.
pub fn list_or_object(value: Value, field: &str) -> Result<Map<String, Value>, ApiError> {
    match value {
        list @ Value::Array(_) => Ok(Map::from_iter([(field.to_owned(), list)])),
        other => as_object(other),
    }
}

/// Reads one JSON value by the rules of [`object`].
///
/// # Errors
/// 400 `malformed_json` with line and column.
pub fn value(bytes: &[u8]) -> Result<Value, ApiError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    strict::read(bytes).map_err(|why| {
        ApiError::new(Code::MalformedJson, format!("The body is not valid JSON: {why}."))
            .with(Member::Line, why.line().into())
            .with(Member::Column, why.column().into())
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A field that serde may leave out and the path may not.
///
/// # Errors
/// 422 `missing_field`.
pub fn required<T>(field: &str, value: Option<T>) -> Result<T, ApiError> {
    value.ok_or_else(|| {
        let error = FieldError {
            field: field.into(),
            pointer: format!("#/{field}"),
            code: "missing_field".into(),
            message: format!("{field} is required"),
            suggestion: None,
        };
        ApiError::fields(Code::MissingField, vec![error])
    })
}

/// Gives an object the form of `T`, and reports every field of the wrong type and every unknown one at once.
///
/// # Errors
/// 422 with one entry a field.
pub fn typed<T: DeserializeOwned>(map: Map<String, Value>) -> Result<T, ApiError> {
    form(map).map_err(|errors| {
        let code = match errors.first().map(|e| e.code.as_str()) {
            Some("unknown_field") => Code::UnknownField,
            _ => Code::InvalidType,
        };
        ApiError::fields(code, errors)
    })
}

/// Gives an object the form of `T`.
///
/// Serde stops at the first wrong field; the offender is taken out and the rest is read again, [`MOST_ERRORS`] times at
/// most: each time takes as long as the body is large.
///
/// # Errors
/// One entry a field.
pub fn form<T: DeserializeOwned>(mut map: Map<String, Value>) -> Result<T, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = Vec::new();
    loop {
        let why = match serde_path_to_error::deserialize::<_, T>(Value::Object(map.clone())) {
            Ok(done) if errors.is_empty() => return Ok(done),
            Ok(_) => break,
            Err(why) => why,
        };
        let field = why.path().iter().next().map(ToString::to_string).unwrap_or_default();
        errors.push(form_error(&field, &why.path().to_string(), &why.inner().to_string()));
        if errors.len() == MOST_ERRORS || map.remove(&field).is_none() {
            break;
        }
    }
    Err(errors)
}

fn form_error(field: &str, path: &str, why: &str) -> FieldError {
    // What is wrong may be as large as the body, and an answer is not.
    let (field, path) = (&*shortened(field), shortened(path));
    let pointer = format!("#/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (code, message, suggestion) = match why.split_once(", expected ") {
        Some((unknown, known)) if unknown.starts_with("unknown field") => {
            let near = alias_core::name::nearest(field, known.split('`').skip(1).step_by(2));
            let near = near.first().map(|near| (*near).to_owned());
            let hint = near.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            ("unknown_field", format!("there is no field `{field}`{hint}"), near)
        }
        Some((got, expected)) => {
            ("invalid_type", format!("{field} must be {expected} ({})", shortened(got)), None)
        }
        None => ("invalid_value", format!("{field}: {}", shortened(why)), None),
    };
    FieldError { field: field.into(), pointer, code: code.into(), message, suggestion }
}

/// The beginning of a text that somebody sent, for an error.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST_REPEATED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::alias::AliasDraft;

    #[test]
    fn every_unknown_and_mistyped_field_is_named_at_once() {
        let map = object(br#"{"alais": "x", "active": "yes", "litellm_model": 4}"#).unwrap();
        let error = typed::<AliasDraft>(map).unwrap_err();
        let body = error.body(crate::error::Dialect::Problem, "/", "r");
        let mut found: Vec<_> = body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e["field"].as_str().unwrap(), e["code"].as_str().unwrap()))
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [("active", "invalid_type"), ("alais", "unknown_field"), ("litellm_model", "invalid_type")]
        );
        assert!(body.to_string().contains("did you mean `alias`?"), "{body}");
    }

    #[test]
    fn duplicates_depth_and_trailing_text_are_malformed() {
        for text in [r#"{"a":1,"\u0061":2}"#, r#"{"a":1} x"#, "", "[1,]", r#"{"a":01}"#, r#"{"a":NaN}"#] {
            assert_eq!(object(text.as_bytes()).unwrap_err().code(), Code::MalformedJson, "{text}");
        }
        assert_eq!(object("[".repeat(100_000).as_bytes()).unwrap_err().code(), Code::MalformedJson);
        assert_eq!(object(b"[]").unwrap_err().code(), Code::InvalidType);
        assert_eq!(object(b"\xef\xbb\xbf{}").unwrap(), Map::new());
    }
}
