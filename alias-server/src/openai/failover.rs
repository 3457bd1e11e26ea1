//! Going on with a call at another target after one failed it, as its alias says. All of it is one call.

use std::ops::Range;

use alias_core::alias::Condition;
use alias_core::model_ref::ModelRef;
use alias_router::Alternative;
use bytes::Bytes;

use crate::upstream::{Refusal, UpstreamError};

/// A body that was written for one target, and can be written for others.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// For the first target.
    pub(super) bytes: Bytes,
    /// Where its name stands.
    pub(super) model: Range<usize>,
}

impl Written {
    /// The same for another target. A model reference needs no escapes.
    fn with(&self, target: &ModelRef) -> Bytes {
        let (before, after) = (self.bytes.get(..self.model.start), self.bytes.get(self.model.end..));
        let parts = [before.unwrap_or_default(), target.as_str().as_bytes(), after.unwrap_or_default()];
        parts.concat().into()
    }
}

/// The targets that are left for a call.
#[derive(Debug)]
pub(super) struct Failover {
    written: Written,
    left: std::vec::IntoIter<Alternative>,
    tried: u32,
}

impl Failover {
    pub(super) fn new(written: Written, alternatives: Vec<Alternative>) -> Self {
        Self { written, left: alternatives.into_iter(), tried: 0 }
    }

    /// The body for the first target.
    pub(super) fn first(&mut self) -> Bytes {
        if self.may_go_on() { self.written.bytes.clone() } else { std::mem::take(&mut self.written.bytes) }
    }

    /// Whether other targets are left: the body is kept for them.
    pub(super) fn may_go_on(&self) -> bool {
        self.left.len() > 0
    }

    /// The next target after such a failure, and the body for it; none where nothing is left that is for it.
    pub(super) fn next(&mut self, why: &UpstreamError) -> Option<(Alternative, Bytes)> {
        let condition = condition(why)?;
        let next = self.left.find(|other| other.on.contains(&condition))?;
        self.tried += 1;
        let body = self.written.with(&next.target);
        Some((next, body))
    }

    /// How many other targets were tried.
    pub(super) fn tried(&self) -> u32 {
        self.tried
    }
}

/// What a failure is for fallbacks; none where another target would fail as well: the caller's mistake.
fn condition(why: &UpstreamError) -> Option<Condition> {
    match why {
        UpstreamError::Unreachable(_) | UpstreamError::Ambiguous(_) => Some(Condition::Unavailable),
        UpstreamError::Timeout(_) => Some(Condition::Timeout),
        UpstreamError::Refused(refusal) => refused(refusal),
        UpstreamError::Broken(_)
        | UpstreamError::Cut
        | UpstreamError::Invalid(_)
        | UpstreamError::Reported(_) => Some(Condition::ServerError),
        UpstreamError::NoRoom => None,
    }
}

fn refused(refusal: &Refusal) -> Option<Condition> {
    let code = refusal.code.as_deref().unwrap_or_default();
    match refusal.status {
        401..=403 => Some(Condition::Authentication),
        408 => Some(Condition::Timeout),
        429 => Some(Condition::RateLimited),
        404 | 405 => Some(Condition::ServerError),
        _ if refusal.not_deployed => Some(Condition::ServerError),
        400..=499 if code == "context_length_exceeded" => Some(Condition::ContextLength),
        400..=499 if code.starts_with("content_") => Some(Condition::ContentFilter),
        400..=499 => None,
        _ => Some(Condition::ServerError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Said;

    #[test]
    fn a_mistake_of_the_caller_is_nothing_for_a_fallback() {
        let of = |status, code: Option<&str>| {
            let refusal = Refusal {
                status,
                code: code.map(str::to_owned),
                retry_after: None,
                not_deployed: false,
                said: Said::default(),
            };
            condition(&UpstreamError::Refused(Box::new(refusal)))
        };
        assert_eq!(of(400, None), None);
        assert_eq!(of(422, Some("invalid_value")), None);
        assert_eq!(of(400, Some("context_length_exceeded")), Some(Condition::ContextLength));
        assert_eq!(of(400, Some("content_policy_violation")), Some(Condition::ContentFilter));
        assert_eq!(of(429, None), Some(Condition::RateLimited));
        assert_eq!(of(500, None), Some(Condition::ServerError));
        assert_eq!(of(401, None), Some(Condition::Authentication));
        assert_eq!(condition(&UpstreamError::NoRoom), None);
    }

    #[test]
    fn the_body_is_the_same_for_every_target_but_for_its_name() {
        let bytes = Bytes::from_static(br#"{"model":"openai/gpt-4","n":1}"#);
        let written = Written { bytes, model: 10..22 };
        assert_eq!(&*written.with(&"a/b".parse().unwrap()), br#"{"model":"a/b","n":1}"#);
    }
}
