//! Secrets of keys: drawn, shown once, and drawn anew where the answer that showed one was lost.

use actix_web::web;
use alias_core::audit::Actor;
use alias_core::key::{ID_BYTES, KeyId, KeySecret, SECRET_BYTES};
use alias_core::repository::{KeyRepository, RecordedAnswer, StoreError, Written};
use alias_core::team::TeamId;
use alias_router::LiveRouter;
use serde_json::{Map, Value, json};

use crate::admin::answer::{REVISION, publish};
use crate::error::{ApiError, Code};

/// Draws a new key: the one place where keys and admin tokens come from.
///
/// # Errors
/// 500 where the system gives no randomness.
pub fn draw_secret(
    make: impl FnOnce([u8; ID_BYTES], [u8; SECRET_BYTES]) -> KeySecret,
) -> Result<KeySecret, ApiError> {
    let (mut id, mut secret) = ([0; ID_BYTES], [0; SECRET_BYTES]);
    let drawn = getrandom::fill(&mut id).and_then(|()| getrandom::fill(&mut secret));
    drawn.map_err(|why| {
        ApiError::new(Code::InternalError, "No key could be made; the log has the details.").caused_by(why)
    })?;
    Ok(make(id, secret))
}

/// Gives the key of a kept answer another secret, and shows that. The answer stays as it is where it tells of no
/// key, and where the key was used, revoked or has ended since: then its secret had arrived, or is of no use.
pub(super) fn shown_again(
    (keys, live): (web::Data<dyn KeyRepository>, web::Data<LiveRouter>),
    team: TeamId,
    by: Actor,
) -> impl AsyncFnOnce(RecordedAnswer) -> Result<RecordedAnswer, ApiError> {
    async move |mut answer| {
        let Some((mut body, id)) = shown(&answer) else { return Ok(answer) };
        let secret = draw_secret(|_, secret| KeySecret::renewed(id, secret))?;
        let Written { value: key, revision } = match keys.renew(&team, secret.clone(), &by).await {
            Ok(written) => written,
            Err(StoreError::NotFound { .. }) => return Ok(answer),
            Err(why) => return Err(why.into()),
        };
        publish(&live, revision).await;
        body.insert("virtual_key".into(), json!(secret.expose()));
        body.insert("virtual_key_masked".into(), json!(key.virtual_key_masked));
        answer.body = Value::Object(body).to_string();
        for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == REVISION) {
            *value = revision.to_string();
        }
        Ok(answer)
    }
}

/// The body of an answer that showed a key, and the key's public id.
fn shown(answer: &RecordedAnswer) -> Option<(Map<String, Value>, KeyId)> {
    let Ok(Value::Object(body)) = serde_json::from_str(&answer.body) else { return None };
    let id = body.get("key_id")?.as_str()?.parse().ok()?;
    (200..300).contains(&answer.status).then_some((body, id))
}
