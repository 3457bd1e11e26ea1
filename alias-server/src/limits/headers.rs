//! What clients are told of rate limits: the headers of every limited answer, and the refusal.

use std::fmt::Write as _;

use alias_core::limit::Subject;
use alias_router::limits::{Kind, Line, Standing, TooMuch};

use crate::error::{ApiError, Code};

/// The windows' length, in seconds.
const WINDOW: u64 = 60;

/// The headers: OpenAI's, and those of the IETF's draft on rate limits.
pub(super) fn of(standing: &Standing) -> Vec<(&'static str, String)> {
    let mut all = Vec::with_capacity(8);
    let (mut policy, mut state) = (String::new(), String::new());
    let lines = [
        (
            "rpm",
            standing.requests,
            ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
        ),
        (
            "tpm",
            standing.tokens,
            ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
        ),
    ];
    for (word, line, [limit, remaining, reset]) in lines {
        let Some(line) = line else { continue };
        let seconds = seconds(line.reset_in);
        all.push((limit, line.limit.to_string()));
        all.push((remaining, line.remaining.to_string()));
        all.push((reset, format!("{seconds}s")));
        let Line { limit, remaining, .. } = line;
        let comma = if policy.is_empty() { "" } else { ", " };
        let _ = write!(policy, "{comma}\"{word}\";q={limit};w={WINDOW}");
        let _ = write!(state, "{comma}\"{word}\";r={remaining};t={seconds}");
    }
    if !policy.is_empty() {
        all.push(("ratelimit-policy", policy));
        all.push(("ratelimit", state));
    }
    all
}

/// In whole seconds, rounded up: who comes back then does not come too early.
fn seconds(millis: u64) -> u64 {
    millis.div_ceil(1_000)
}

/// The refusal of a call beyond a limit.
pub(super) fn refused(subject: &Subject, why: TooMuch, standing: &Standing) -> ApiError {
    let whose = match subject {
        Subject::Team(_) => "team",
        Subject::Key(_) => "key",
    };
    let limit = match why.kind {
        Kind::Requests => format!("{} requests a minute (rpm_limit)", why.limit),
        Kind::Tokens => format!("{} tokens a minute (tpm_limit)", why.limit),
        Kind::Parallel => format!("{} requests at once (max_parallel_requests)", why.limit),
    };
    let wait = seconds(why.again_in.unwrap_or(WINDOW * 1_000)).max(1);
    let advice = match why.again_in {
        Some(_) => format!("Try again in {wait} s."),
        None => "This request alone is beyond it: make it smaller, or ask for less output.".to_owned(),
    };
    let detail = format!("Rate limit reached: this {whose} is limited to {limit}. {advice}");
    let mut error = ApiError::new(Code::RateLimitExceeded, detail).header("retry-after", wait.to_string());
    if why.again_in.is_none() {
        error = error.header("x-should-retry", "false");
    }
    of(standing).into_iter().fold(error, |error, (name, value)| error.header(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_headers_say_the_same() {
        let line = |limit, remaining, reset_in| Some(Line { limit, remaining, reset_in });
        let standing = Standing { requests: line(60, 12, 30_001), tokens: line(1_000, 0, 30_001) };
        let all = of(&standing);
        let find = |name: &str| all.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str());
        assert_eq!(find("x-ratelimit-limit-requests"), Some("60"));
        assert_eq!(find("x-ratelimit-remaining-requests"), Some("12"));
        assert_eq!(find("x-ratelimit-reset-tokens"), Some("31s"));
        assert_eq!(find("ratelimit-policy"), Some("\"rpm\";q=60;w=60, \"tpm\";q=1000;w=60"));
        assert_eq!(find("ratelimit"), Some("\"rpm\";r=12;t=31, \"tpm\";r=0;t=31"));
        assert!(of(&Standing::default()).is_empty());
    }
}
