//! What a request is called: its id in logs and answers, and its place in a trace (W3C Trace Context), which goes on to
//! the upstream as it came.

use actix_web::http::header::{HeaderMap as Incoming, HeaderName as IncomingName};
use actix_web::{HttpMessage, HttpRequest};
use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::edge::RequestId;

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest `tracestate` that has to be passed on (W3C Trace Context, section 3.3.1.5).
const MAX_STATE: usize = 512;

/// What a request is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// As every answer and log line carries it.
    pub request_id: String,
    parent: Option<String>,
    state: Option<String>,
}

impl Trace {
    /// What this request is called.
    pub fn of(request: &HttpRequest) -> Self {
        let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let parent = single(request.headers(), PARENT).filter(|text| is_parent(text));
        let state = single(request.headers(), STATE).filter(|text| parent.is_some() && is_state(text));
        Self { request_id, parent, state }
    }

    /// The span that it is part of, and what vendors say of it, where it came with one.
    pub fn parent(&self) -> Option<(&str, Option<&str>)> {
        self.parent.as_deref().map(|parent| (parent, self.state.as_deref()))
    }

    /// From here on it is part of this span. What vendors say of its trace goes on as it came.
    pub fn set_parent(&mut self, parent: String) {
        self.parent = Some(parent);
    }

    /// The trace that the request belongs to, if it does to one.
    pub fn trace_id(&self) -> Option<&str> {
        self.parent.as_deref()?.split('-').nth(1)
    }

    /// Tells the upstream.
    pub fn write(&self, headers: &mut HeaderMap) {
        let named = [
            (REQUEST_ID, Some(&self.request_id)),
            (HeaderName::from_static(PARENT), self.parent.as_ref()),
            (HeaderName::from_static(STATE), self.state.as_ref()),
        ];
        for (name, text) in named {
            if let Some(Ok(value)) = text.map(|text| HeaderValue::from_str(text)) {
                headers.insert(name, value);
            }
        }
    }
}

/// The value of a header that stands once.
fn single(headers: &Incoming, name: &'static str) -> Option<String> {
    let mut all = headers.get_all(IncomingName::from_static(name));
    let value = all.next().filter(|_| all.next().is_none())?;
    value.to_str().ok().map(str::to_owned)
}

/// `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`, in lower case, of which neither id is nothing (section 3.2).
fn is_parent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let [version, trace, span, flags] = parts.as_slice() else { return false };
    let long = [(version, 2), (trace, 32), (span, 16), (flags, 2)];
    *version == "00"
        && long.iter().all(|(part, length)| part.len() == *length && hex(part))
        && [trace, span].iter().all(|id| id.bytes().any(|byte| byte != b'0'))
}

fn is_state(text: &str) -> bool {
    (1..=MAX_STATE).contains(&text.len()) && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn passed(headers: &[(&str, &str)]) -> HeaderMap {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let mut passed = HeaderMap::new();
        Trace::of(&request.to_http_request()).write(&mut passed);
        passed
    }

    #[test]
    fn a_trace_goes_on_as_it_came() {
        let passed = passed(&[("traceparent", GOOD), ("tracestate", "a=1,b=2")]);
        assert_eq!(
            (&passed["traceparent"], &passed["tracestate"]),
            (&HeaderValue::from_static(GOOD), &HeaderValue::from_static("a=1,b=2"))
        );
        let request = TestRequest::default().append_header(("traceparent", GOOD)).to_http_request();
        assert_eq!(Trace::of(&request).trace_id(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    #[test]
    fn what_is_no_trace_does_not_go_on() {
        for bad in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert!(
                passed(&[("traceparent", bad), ("tracestate", "a=1")]).keys().all(|name| name == REQUEST_ID),
                "{bad}"
            );
        }
        assert!(!passed(&[("traceparent", GOOD), ("traceparent", GOOD)]).contains_key("traceparent"));
        let long = "a".repeat(513);
        assert!(!passed(&[("traceparent", GOOD), ("tracestate", &long)]).contains_key("tracestate"));
    }
}
