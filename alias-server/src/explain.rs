//! Calls that were refused a while ago, kept so that somebody can ask why: a bounded number, in the memory of this server.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest};
use alias_core::clock::{Clock, Timestamp};
use alias_router::{Caller, Explanation};
use parking_lot::Mutex;

use crate::error::{ApiError, Dialect, is_of_jobs};
use crate::jobs::TeamCaller;

/// How many refusals of callers who are known are kept.
const OF_CALLERS: usize = 4_096;
/// How many of those who are not, so that these cannot push the others out.
const OF_NOBODY: usize = 512;
/// The most characters of a path.
const MAX_PATH: usize = 256;

/// What is known of a call that is refused. Its error carries it to the edge.
#[derive(Debug)]
pub struct RefusedCall {
    /// Who called.
    pub caller: Caller,
    /// The model that was asked for, as far as the body was read.
    pub model: Option<String>,
    /// Why, check by check; `None` where the call was refused before it was decided about.
    pub explanation: Option<Explanation>,
}

/// A refusal as it was given.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The id that the answer carried.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
    /// The path of the request.
    pub path: String,
    /// What the client read.
    pub error: ApiError,
    /// Who called, where that was found out.
    pub caller: Option<Caller>,
}

impl Refused {
    /// What is known of the call.
    pub fn call(&self) -> Option<&RefusedCall> {
        self.error.call()
    }
}

/// The latest refusals.
pub struct RecentRefusals {
    clock: Arc<dyn Clock>,
    of_callers: Mutex<VecDeque<Refused>>,
    of_nobody: Mutex<VecDeque<Refused>>,
}

impl RecentRefusals {
    /// None so far.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, of_callers: Mutex::default(), of_nobody: Mutex::default() }
    }

    /// Keeps what a request for a call is answered, if it is one.
    pub fn note(&self, error: &ApiError, request: &HttpRequest, request_id: &str) {
        let path = request.path();
        if Dialect::of(path) == Dialect::Problem && !is_of_jobs(path) {
            return;
        }
        let of_job = || request.extensions().get::<TeamCaller>().map(|caller| caller.0.clone());
        let caller = error.call().map(|call| call.caller.clone()).or_else(of_job);
        let (kept, most) =
            if caller.is_some() { (&self.of_callers, OF_CALLERS) } else { (&self.of_nobody, OF_NOBODY) };
        let refused = Refused {
            request_id: request_id.to_owned(),
            at: self.clock.now(),
            path: path.chars().take(MAX_PATH).collect(),
            error: error.clone(),
            caller,
        };
        let mut kept = kept.lock();
        if kept.len() >= most {
            kept.pop_front();
        }
        kept.push_back(refused);
    }

    /// The latest refusal with this id.
    pub fn find(&self, request_id: &str) -> Option<Refused> {
        let latest = |kept: &Mutex<VecDeque<Refused>>| {
            kept.lock().iter().rev().find(|refused| refused.request_id == request_id).cloned()
        };
        [latest(&self.of_callers), latest(&self.of_nobody)].into_iter().flatten().max_by_key(|one| one.at)
    }
}

impl fmt::Debug for RecentRefusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecentRefusals")
            .field("of_callers", &self.of_callers.lock().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use alias_core::testing::FixedClock;

    use super::*;
    use crate::error::Code;

    #[test]
    fn the_latest_refusals_are_kept_and_no_more_than_there_is_room_for() {
        let recent = RecentRefusals::new(Arc::new(FixedClock::default()));
        let request = |path: &str| TestRequest::with_uri(path).to_http_request();
        let error = ApiError::new(Code::InvalidApiKey, "No.");
        recent.note(&error, &request("/api/teams"), "admin");
        assert!(recent.find("admin").is_none());
        for number in 0..=OF_NOBODY {
            recent.note(&error, &request("/v1/chat/completions"), &format!("r{number}"));
        }
        assert!(recent.find("r0").is_none());
        assert_eq!(recent.find("r1").unwrap().path, "/v1/chat/completions");
        assert_eq!(recent.of_nobody.lock().len(), OF_NOBODY);
    }
}
