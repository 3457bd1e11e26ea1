//! A whole answer: read to its end, checked, rewritten, recorded, and only then sent.

use actix_web::HttpResponse;
use alias_core::money::NanoUsd;
use alias_core::usage::Outcome;
use http::HeaderMap;

use crate::error::{ApiError, Code};
use crate::metering::{Metered, estimated_tokens};
use crate::room::Taken;
use crate::upstream::{Answer, UpstreamError};

use super::rewrite::Rewriter;

/// The most bytes of one answer.
const MAX_ANSWER: usize = 64 << 20;
/// What LiteLLM says that the provider took, in USD.
const COST: &str = "x-litellm-response-cost";

/// Makes the client's answer of the upstream's, unless `revoked` is there first.
///
/// # Errors
/// The answer breaks off or is not usable (recorded as failed), it cannot be recorded, or that of `revoked`.
pub(super) async fn whole(
    mut answer: Answer,
    mut rewriter: Rewriter,
    mut metered: Metered,
    mut taken: Taken,
    revoked: impl Future<Output = ApiError> + Unpin,
) -> Result<HttpResponse, ApiError> {
    let mut out = Vec::new();
    let body = tokio::select! {
        biased;
        body = answer.body.all(MAX_ANSWER, &mut taken) => body,
        error = revoked => return Err(stopped(metered, error).await),
    };
    let seen = match body {
        Ok(body) => {
            metered.delivered(estimated_tokens(body.len()), true);
            out.reserve(body.len() + 64);
            rewriter.object(&body, &mut out)
        }
        Err(why) => Err(why),
    };
    metered.report(rewriter.reported(), cost(&answer.headers));
    match seen {
        Err(why) => Err(failed(metered, why).await),
        Ok(seen) => {
            metered.answered(200);
            let (outcome, code) = ended(seen.failed);
            metered.settle(outcome, code).await.map_err(unrecorded)?;
            Ok(HttpResponse::Ok().content_type("application/json").body(out))
        }
    }
}

/// How a call ended whose answer arrived in full.
pub(super) fn ended(failed: bool) -> (Outcome, Option<&'static str>) {
    if failed { (Outcome::Failed, Some(Code::UpstreamRejected.word())) } else { (Outcome::Complete, None) }
}

/// Records a call that the upstream failed, and says so to the client.
pub(super) async fn failed(mut metered: Metered, why: UpstreamError) -> ApiError {
    let error = ApiError::from(why);
    metered.answered(error.code().status().as_u16());
    match metered.settle(Outcome::Failed, Some(error.word())).await {
        Ok(()) => error,
        Err(why) => unrecorded(why),
    }
}

/// Records a call that its client may not make any more, and says so.
pub(super) async fn stopped(mut metered: Metered, error: ApiError) -> ApiError {
    metered.answered(error.code().status().as_u16());
    match metered.settle(Outcome::Disconnected, Some(error.word())).await {
        Ok(()) => error,
        Err(why) => unrecorded(why),
    }
}

/// What the client reads where its call cannot be recorded.
pub(super) fn unrecorded(why: alias_store::spool::SpoolError) -> ApiError {
    ApiError::new(
        Code::InternalError,
        "The call could not be recorded, so its answer is withheld. Try again.",
    )
    .caused_by(why)
}

/// What LiteLLM says that the provider took.
pub(super) fn cost(headers: &HeaderMap) -> Option<NanoUsd> {
    NanoUsd::from_usd(headers.get(COST)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_cost_of_zero_is_known_and_no_cost_is_not() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(COST, HeaderValue::from_static(value));
            cost(&headers)
        };
        assert_eq!(of("0.0"), Some(NanoUsd::ZERO));
        assert_eq!(of("1.35e-05"), Some(NanoUsd::new(13_500)));
        for unknown in ["None", "", "-1", "nan", "1e30"] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
        assert_eq!(cost(&HeaderMap::new()), None);
    }
}
