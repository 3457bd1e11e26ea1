//! The errors of calls: refusals and upstream failures in the words of the table.

use std::fmt::Write as _;

use alias_core::alias::AliasName;
use alias_core::budget::Subject;
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;
use alias_router::{BudgetEntry, Denied, NoBound, Removed};
use serde_json::json;

use super::{ApiError, Code, Member};
use crate::credit::NoCredit;
use crate::room::no_room;
use crate::upstream::{Refusal, UpstreamError};

/// How much of a requested name is repeated, in characters.
const MAX_ECHO: usize = 128;

impl ApiError {
    /// What the client reads whose call of `model` was refused at the time `now`.
    pub fn denied(denied: Denied, model: &str, now: Timestamp) -> Self {
        let model: String = model.chars().filter(|c| !c.is_control()).take(MAX_ECHO).collect();
        let about_model = |code, detail: String, available: Vec<String>| {
            Self::new(code, detail).about("model").with(Member::AvailableModels, json!(available))
        };
        match denied {
            Denied::UnknownKey => invalid_key(),
            Denied::TeamSuspended { by_organization } => {
                let who = if by_organization { "organization" } else { "team" };
                Self::new(
                    Code::TeamSuspended,
                    format!("This key's {who} is suspended. Ask your administrator."),
                )
            }
            Denied::TeamPaused { until } => paused(until, now),
            Denied::NetworkNotAllowed => Self::new(
                Code::NetworkNotAllowed,
                "This key is not for requests from your network. Use another key, or ask your administrator.",
            ),
            Denied::EndpointNotAllowed { entrance } => Self::new(
                Code::EndpointNotAllowed,
                format!(
                    "This key is not for {}. Use another key, or ask your administrator.",
                    entrance.as_str()
                ),
            ),
            Denied::UnknownModel { available, removed: Some(removed), .. } => {
                let Removed { at, replacement } = removed;
                let detail =
                    format!("Model '{model}' not found: it was removed on {at}; use '{replacement}'.");
                about_model(Code::ModelNotFound, detail, available)
                    .with(Member::Replacement, json!(replacement))
            }
            Denied::UnknownModel { available, suggestions, .. } => {
                let mut detail = format!("Model '{model}' not found.");
                if let Some(near) = suggestions.first() {
                    let _ = write!(detail, " Did you mean '{near}'?");
                }
                about_model(Code::ModelNotFound, detail, available)
            }
            Denied::NoModel { available } => {
                let can = if available.is_empty() {
                    "Your team may call none: ask your administrator for one.".to_owned()
                } else {
                    format!("Your team can call {}.", available.join(", "))
                };
                let detail = format!("Missing required parameter: 'model'. {can}");
                about_model(Code::MissingParameter, detail, available)
            }
            Denied::NotGranted { available, .. } => {
                let detail =
                    format!("Team does not have access to model '{model}'. Ask your administrator for it.");
                about_model(Code::ModelAccessDenied, detail, available)
            }
            Denied::ModelDisabled { available, .. } => {
                let detail = format!("Model '{model}' is disabled. Use another, or ask your administrator.");
                about_model(Code::ModelDisabled, detail, available)
            }
            Denied::ModelSunset { since, replacement, message, available, .. } => {
                let mut detail = format!("Model '{model}' is not served since {since}.");
                let _ = match &replacement {
                    Some(other) => write!(detail, " Use '{other}'."),
                    None => write!(detail, " Use another, or ask your administrator."),
                };
                if let Some(message) = message {
                    let _ = write!(detail, " {message}");
                }
                let error = about_model(Code::ModelSunset, detail, available);
                error.with(Member::Replacement, json!(replacement)).header("x-should-retry", "false")
            }
            Denied::ModelBrownout { until, sunset_at, replacement, message, available, .. } => {
                let detail = of_brownout(&model, until, sunset_at, (&replacement, message));
                about_model(Code::ModelBrownout, detail, available)
                    .with(Member::Replacement, json!(replacement))
                    .with(Member::BrownoutEndsAt, json!(until))
                    .with(Member::SunsetAt, json!(sunset_at))
                    .header("retry-after", seconds_until(until, now).to_string())
                    .header("x-should-retry", "false")
            }
            other => Self::new(Code::InternalError, "Something went wrong; the log has the details.")
                .caused_by(other),
        }
    }
}

/// What the client reads whose team has no credit for a job.
pub(super) fn no_credits_for_a_job() -> ApiError {
    ApiError::new(
        Code::InsufficientCredits,
        "Your team has no credits left for this job. Ask your administrator for more.",
    )
    .header("x-should-retry", "false")
}

impl ApiError {
    /// The same refusal as calls of jobs say it.
    #[must_use]
    pub fn in_jobs(self) -> Self {
        match self.code() {
            Code::InsufficientQuota => no_credits_for_a_job(),
            _ => self,
        }
    }

    /// What the client reads whose team has no credit for a call.
    pub fn no_credit(why: NoCredit) -> Self {
        match why {
            NoCredit::Spent => Self::new(
                Code::InsufficientQuota,
                "Your team has not enough credits left for this call. Ask your administrator for more.",
            )
            .header("x-should-retry", "false"),
            NoCredit::Unknown(_) => Self::new(
                Code::CreditUnavailable,
                "Whether your team has credits left cannot be found out at present. Try again shortly.",
            )
            .header("retry-after", "1")
            .caused_by(why),
        }
    }

    /// What the client reads whose call of an alias a budget does not cover.
    pub fn over_budget(budget: &BudgetEntry, why: NoCredit, alias: &CatalogAlias, now: Timestamp) -> Self {
        let of = match budget.subject() {
            Subject::Organization(_) => "your organization".to_owned(),
            Subject::Team(_) => "your team".to_owned(),
            Subject::Key(_) => "this key".to_owned(),
            Subject::Alias(_) => format!("model '{}'", alias.alias),
            Subject::Tag(tag) => format!("models with the tag '{tag}'"),
        };
        if matches!(why, NoCredit::Unknown(_)) {
            let detail = format!(
                "Whether the budget of {of} covers this call cannot be found out at present. Try again shortly."
            );
            return Self::new(Code::CreditUnavailable, detail).header("retry-after", "1").caused_by(why);
        }
        let renewal = budget.ends(now).map(|end| format!(" It begins anew at {end}.")).unwrap_or_default();
        let detail = format!(
            "The budget of {of} has not enough left for this call.{renewal} Ask your administrator for more."
        );
        Self::new(Code::BudgetExceeded, detail).header("x-should-retry", "false")
    }

    /// What the client reads where the most that a call can burn cannot be told.
    pub fn no_bound(why: NoBound, model: &AliasName) -> Self {
        match why {
            NoBound::Price => Self::new(
                Code::PriceUnknown,
                format!("Model '{model}' has no known price, and what may be spent is limited. Ask your administrator to price it."),
            )
            .about("model"),
            NoBound::Input => Self::new(
                Code::UnboundedRequest,
                format!("How large the input is cannot be told: parts of it are not in the request, and how much model '{model}' takes is not known. Send it in the request."),
            ),
            NoBound::Output => Self::new(
                Code::MaxTokensRequired,
                "Say how long the answer may be: what may be spent is limited, and nothing else caps it. Set max_tokens (max_output_tokens for /v1/responses).",
            )
            .about("max_tokens"),
            // Whatever else it is: nothing is sent that may cost more than is covered.
            other => Self::new(Code::UnboundedRequest, format!("What this call can cost at most cannot be told: {other}.")),
        }
    }
}

fn invalid_key() -> ApiError {
    let detail = "No valid API key. Send a team key as `Authorization: Bearer sk-…`, to /v1/messages also as `x-api-key`.";
    ApiError::new(Code::InvalidApiKey, detail).header("www-authenticate", "Bearer realm=\"alias-server\"")
}

/// What is said of a model that refuses calls for a while.
fn of_brownout(
    model: &str,
    until: Timestamp,
    sunset_at: Option<Timestamp>,
    (replacement, message): (&Option<String>, Option<String>),
) -> String {
    let mut detail = format!("Model '{model}' refuses calls until {until}");
    let _ = match sunset_at {
        Some(end) => write!(detail, ", for its time is over at {end}."),
        None => write!(detail, ", for its time is over soon."),
    };
    let _ = match replacement {
        Some(other) => write!(detail, " Use '{other}'."),
        None => write!(detail, " Use another, or ask your administrator."),
    };
    if let Some(message) = message {
        let _ = write!(detail, " {message}");
    }
    detail
}

/// In how many seconds it is that time, rounded up: 1 or more.
fn seconds_until(end: Timestamp, now: Timestamp) -> u64 {
    (end.micros() - now.micros()).max(1).unsigned_abs().div_ceil(1_000_000)
}

fn paused(until: Option<Timestamp>, now: Timestamp) -> ApiError {
    match until {
        Some(end) => ApiError::new(Code::TeamPaused, format!("This key's team is paused until {end}."))
            .header("retry-after", seconds_until(end, now).to_string()),
        None => ApiError::new(Code::TeamPaused, "This key's team is paused. Ask your administrator.")
            .header("x-should-retry", "false"),
    }
}

/// No word of the upstream's text passes, and the cause, which the log has, holds none either.
impl From<UpstreamError> for ApiError {
    fn from(error: UpstreamError) -> Self {
        let made = match &error {
            UpstreamError::Unreachable(_) => {
                Self::new(Code::UpstreamUnreachable, "The provider cannot be reached. Try again shortly.")
            }
            UpstreamError::Timeout(_) => {
                Self::new(Code::UpstreamTimeout, "The provider took too long to answer. Try again shortly.")
            }
            UpstreamError::Ambiguous(_) => Self::new(
                Code::UpstreamAmbiguous,
                "The connection to the provider was lost before it answered: the call may have been processed.",
            ),
            UpstreamError::Broken(_) | UpstreamError::Cut => {
                Self::new(Code::UpstreamInvalidResponse, "The provider's answer broke off. Try again.")
            }
            UpstreamError::NoRoom => no_room(),
            UpstreamError::Invalid(_) => {
                Self::new(Code::UpstreamInvalidResponse, "The provider's answer could not be understood.")
            }
            UpstreamError::Reported(_) => Self::new(
                Code::UpstreamInvalidResponse,
                "The provider reported an error within its answer. Try again.",
            ),
            UpstreamError::Refused(refusal) => refused(refusal),
        };
        made.caused_by(error)
    }
}

fn refused(refusal: &Refusal) -> ApiError {
    match refusal.status {
        401..=403 => ApiError::new(
            Code::ProviderAuthenticationFailed,
            "Provider authentication failed. Ask your administrator to check the provider's key.",
        ),
        408 => {
            ApiError::new(Code::UpstreamTimeout, "The provider took too long to answer. Try again shortly.")
        }
        429 => {
            let error = ApiError::new(
                Code::UpstreamRateLimited,
                "The provider limits the rate of calls. Try again later.",
            );
            match &refusal.retry_after {
                Some(after) => error.header("retry-after", after.clone()),
                None => error,
            }
        }
        _ if refusal.not_deployed => not_deployed(),
        404 | 405 => not_deployed(),
        400..=499 => {
            let why = match refusal.code.as_deref() {
                Some("context_length_exceeded") => "The input is too long for this model. Shorten it.",
                Some("content_filter" | "content_policy_violation") => {
                    "The provider's content filter refused this request."
                }
                _ => "The provider refused this request: a parameter or the input does not fit this model.",
            };
            ApiError::new(Code::UpstreamRejected, why).coded(refusal.code.clone())
        }
        _ => ApiError::new(Code::UpstreamInvalidResponse, "The provider failed to answer. Try again."),
    }
}

fn not_deployed() -> ApiError {
    ApiError::new(
        Code::UpstreamInvalidResponse,
        "The provider does not serve this model at present. Ask your administrator to check where the alias points.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Dialect;
    use crate::upstream::Said;

    fn answer(error: &ApiError) -> (u16, serde_json::Value) {
        (error.code().status().as_u16(), error.body(Dialect::OpenAi, "/v1/chat/completions", "r"))
    }

    fn of_status(status: u16, code: Option<&str>, not_deployed: bool) -> ApiError {
        let refusal = Refusal {
            status,
            code: code.map(str::to_owned),
            retry_after: Some("7".into()),
            not_deployed,
            said: Said::default(),
        };
        UpstreamError::Refused(Box::new(refusal)).into()
    }

    #[test]
    fn every_refusal_of_the_upstream_has_its_status_and_code_and_never_its_text() {
        for (status, code, expected) in [
            (401, None, (502, "provider_authentication_failed")),
            (403, Some("x"), (502, "provider_authentication_failed")),
            (404, None, (502, "upstream_invalid_response")),
            (405, None, (502, "upstream_invalid_response")),
            (408, None, (504, "upstream_timeout")),
            (429, None, (429, "upstream_rate_limited")),
            (400, Some("context_length_exceeded"), (400, "context_length_exceeded")),
            // The provider cannot say that it is the gateway's fault.
            (400, Some("server_busy"), (400, "upstream_rejected")),
            (400, Some("upstream_unreachable"), (400, "upstream_rejected")),
            (422, None, (400, "upstream_rejected")),
            (302, None, (502, "upstream_invalid_response")),
            (500, Some("x"), (502, "upstream_invalid_response")),
            (503, None, (502, "upstream_invalid_response")),
        ] {
            let (got, body) = answer(&of_status(status, code, false));
            assert_eq!((got, body["error"]["code"].as_str().unwrap()), expected, "{status}");
            assert!(!body.to_string().contains("SECRET"), "{body}");
        }
        assert_eq!(answer(&of_status(400, None, true)).0, 502);
    }

    #[test]
    fn the_upstreams_waiting_time_is_passed_on() {
        let answer = of_status(429, None, false).answer(Dialect::OpenAi, "/", "r");
        assert_eq!(answer.headers().get("retry-after").unwrap(), "7");
    }

    #[test]
    fn an_unknown_model_is_named_safely_with_a_suggestion() {
        let denied = |model: &str| {
            let denied = Denied::UnknownModel {
                available: vec!["smart".into()],
                suggestions: vec!["smart".into()],
                removed: None,
            };
            answer(&ApiError::denied(denied, model, Timestamp::from_micros(0))).1
        };
        let body = denied("smrt");
        assert_eq!(body["error"]["message"], "Model 'smrt' not found. Did you mean 'smart'?");
        assert_eq!(
            (&body["error"]["param"], &body["error"]["available_models"]),
            (&json!("model"), &json!(["smart"]))
        );
        let long = denied(&format!("a\u{1b}\n{}", "x".repeat(1000)));
        assert_eq!(
            long["error"]["message"],
            format!("Model 'a{}' not found. Did you mean 'smart'?", "x".repeat(127))
        );
    }

    #[test]
    fn a_pause_says_when_to_come_back_or_not_to_try() {
        let now = Timestamp::from_micros(1_000_000);
        let header = |until: Option<i64>, name: &str| {
            let error =
                ApiError::denied(Denied::TeamPaused { until: until.map(Timestamp::from_micros) }, "m", now);
            assert_eq!(error.code(), Code::TeamPaused);
            let answer = error.answer(Dialect::OpenAi, "/", "r");
            answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header(Some(3_500_000), "retry-after").as_deref(), Some("3"));
        assert_eq!(header(Some(3_500_000), "x-should-retry"), None);
        assert_eq!(header(None, "x-should-retry").as_deref(), Some("false"));
    }

    #[test]
    fn a_wrong_key_is_told_where_a_key_goes() {
        let error = ApiError::denied(Denied::UnknownKey, "m", Timestamp::from_micros(0));
        assert!(error.to_string().contains("Authorization: Bearer"));
        let answer = error.answer(Dialect::OpenAi, "/", "r");
        assert_eq!(answer.status().as_u16(), 401);
        assert_eq!(answer.headers().get("www-authenticate").unwrap(), "Bearer realm=\"alias-server\"");
    }
}
