//! What answers tell of the end of an alias: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links.

use std::fmt::Write as _;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use alias_router::Notice;

use crate::admin::answer::segment;
use crate::error::ApiError;

/// What `Sunset` wants: the form of dates in HTTP.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";
/// Where the end of aliases is explained.
const EXPLAINED: &str = "/docs/errors/model_sunset";

/// The headers of an answer about such an alias.
pub(super) fn headers(notice: &Notice) -> Vec<(&'static str, String)> {
    let since = notice.deprecated_at.micros().div_euclid(1_000_000);
    let mut all = vec![("deprecation", format!("@{since}"))];
    if let Some(end) = notice.sunset_at {
        all.push(("sunset", end.utc().format(HTTP_DATE).to_string()));
    }
    let mut links = format!("<{EXPLAINED}>; rel=\"deprecation\"");
    if let Some(other) = &notice.replacement {
        let place = segment(other.as_str());
        let _ = write!(links, ", </api/model-aliases/{place}>; rel=\"successor-version\"");
    }
    all.push(("link", links));
    all
}

/// The same on an answer that is there.
pub(super) fn show(notice: &Notice, to: &mut HeaderMap) {
    for (name, value) in headers(notice) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            to.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The same on an error.
pub(super) fn on_error(error: ApiError, notice: &Notice) -> ApiError {
    headers(notice).into_iter().fold(error, |error, (name, value)| error.header(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_links_are_written_as_the_standards_want() {
        let notice = Notice {
            deprecated_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            sunset_at: Some("2026-04-01T00:00:00Z".parse().unwrap()),
            replacement: Some("anthropic/claude".parse().unwrap()),
        };
        let links = "</docs/errors/model_sunset>; rel=\"deprecation\", \
                     </api/model-aliases/anthropic%2Fclaude>; rel=\"successor-version\"";
        let expected = [
            ("deprecation", "@1767225600".to_owned()),
            ("sunset", "Wed, 01 Apr 2026 00:00:00 GMT".to_owned()),
            ("link", links.to_owned()),
        ];
        assert_eq!(headers(&notice), expected);
        let bare = Notice { sunset_at: None, replacement: None, ..notice };
        assert_eq!(headers(&bare).len(), 2);
    }
}
