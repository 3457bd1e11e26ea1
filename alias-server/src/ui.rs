//! `/ui`: the dashboard, which is a page that uses the public API and nothing else.

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, Encoding, Header,
    HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::BASE64URL_NOPAD;

use crate::error::{ApiError, Code};

#[cfg(feature = "dashboard")]
mod embedded;

/// What the page's source has in the place of the nonce, which is another one for each answer.
const NONCE: &str = "__CSP_NONCE__";

/// Names of files below this change with their content.
const UNCHANGING: &str = "assets/";

/// What is shown where the server was built without the dashboard.
const WITHOUT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Model Aliases</title>\n\
    <main><h1>Model Aliases</h1>\
    <p>This server was built without its dashboard. To have it, run <code>scripts/build-dashboard</code>, \
    which needs Node.js, and build the server again.</p>\
    <p>Everything else works: the API is described at <a href=\"/openapi.json\">/openapi.json</a>.</p></main>\n\
    </html>\n";

/// A file of the dashboard.
#[derive(Debug)]
struct File {
    bytes: std::borrow::Cow<'static, [u8]>,
    media_type: String,
    digest: String,
}

#[cfg(not(feature = "dashboard"))]
fn find(_: &str) -> Option<File> {
    None
}

#[cfg(feature = "dashboard")]
use embedded::find;

/// Whether this build has the dashboard.
pub fn is_there() -> bool {
    find("index.html").is_some()
}

/// The dashboard, or a page that says how to have it.
///
/// # Errors
/// 500 where the system gives no random bytes.
#[utoipa::path(
    get, path = "/ui", tag = "operations", operation_id = "show_dashboard",
    responses(
        (status = 200, description = "The dashboard.", content_type = "text/html"),
        (status = 404, description = "The server was built without it.", content_type = "text/html"),
    ),
)]
pub async fn page() -> Result<HttpResponse, ApiError> {
    let Some(file) = find("index.html") else {
        return Ok(HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(WITHOUT));
    };
    let nonce = nonce()?;
    let body = String::from_utf8_lossy(&file.bytes).replace(NONCE, &nonce);
    // Styles are the component library's own, with the nonce; everything else is one of our files.
    let policy = format!(
        "default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((REFERRER_POLICY, "same-origin"))
        .body(body))
}

/// A file of the dashboard; any other path is one of its pages, which the dashboard itself knows.
///
/// # Errors
/// 404 for a file that is not there.
#[utoipa::path(
    get, path = "/ui/{path}", tag = "operations", operation_id = "show_dashboard_page",
    params(("path" = String, Path, description = "A page or a file of the dashboard.", example = "aliases")),
    responses(
        (status = 200, description = "The dashboard, or a file of it; of whatever kind that is.", content_type = "*/*"),
        (status = 304, description = "The file is the one that the browser has."),
        (status = 404, description = "There is no such file, or the server was built without the dashboard.", content((String = "text/html"), (String = "application/problem+json"))),
    ),
)]
pub async fn file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, ApiError> {
    match find(&path) {
        Some(file) if path.as_str() != "index.html" => Ok(sent(&request, &path, &file)),
        None if path.starts_with(UNCHANGING) => {
            Err(ApiError::new(Code::RouteNotFound, "The dashboard has no such file. Load /ui again."))
        }
        _ => page().await,
    }
}

/// The file, compressed as it was when the dashboard was built where the browser takes that.
fn sent(request: &HttpRequest, path: &str, plain: &File) -> HttpResponse {
    let small = find(&format!("{path}.gz")).filter(|_| takes_gzip(request));
    let file = small.as_ref().unwrap_or(plain);
    let kept = if path.starts_with(UNCHANGING) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|sent| *sent == file.digest);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((CACHE_CONTROL, HeaderValue::from_static(kept)))
        .insert_header((ETAG, file.digest.clone()))
        .insert_header((VARY, HeaderValue::from_static("accept-encoding")));
    if known {
        return answer.finish();
    }
    if small.is_some() {
        answer.insert_header((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
    answer.content_type(plain.media_type.clone()).body(file.bytes.clone())
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let known = [Encoding::gzip(), Encoding::identity()];
    let best = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(known.iter()));
    best == Some(Encoding::gzip())
}

fn nonce() -> Result<String, ApiError> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|why| {
        ApiError::new(Code::InternalError, "The system gave no random bytes.").caused_by(why)
    })?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
