//! What is asked about: a team or a key and a model, or a request of the past.

use std::net::IpAddr;

use alias_core::key::{Entrance, KeyId};
use alias_core::name::MAX_NAME;
use serde::Deserialize;
use utoipa::IntoParams;

use super::USUAL;
use crate::admin::query::{invalid, parsed};
use crate::error::ApiError;

/// The parameters of `GET /api/explain`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExplainParameters {
    /// The team that calls, by its id; or say `key`.
    #[param(example = "acme-prod")]
    team: Option<String>,
    /// The key that is called with, by its public id: never the key itself.
    #[param(example = "mfzwizltoqqho33s")]
    key: Option<String>,
    /// The name that is called; the team's `default_model` where absent.
    #[param(example = "gpt-4")]
    model: Option<String>,
    /// The endpoint, by its word; `chat_completions` where absent.
    #[param(example = "chat_completions")]
    endpoint: Option<String>,
    /// The address that the request comes from, for keys that are for some networks; one of these where absent.
    #[param(example = "10.0.0.7")]
    address: Option<String>,
    /// The id that an answer carried in `x-request-id`; in the place of all others.
    #[param(example = "req_01928b00000070008000000000000001")]
    request_id: Option<String>,
}

/// Who is asked about.
#[derive(Debug)]
pub(super) enum Who {
    Team(String),
    Key(KeyId),
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Asked {
    Past(String),
    Present { who: Who, model: Option<String>, entrance: Entrance, address: Option<IpAddr> },
}

impl ExplainParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for one that is wrong, or does not go with the others.
    pub(super) fn parse(self) -> Result<Asked, ApiError> {
        let Self { team, key, model, endpoint, address, request_id } = self;
        if let Some(id) = request_id {
            let others = [&team, &key, &model, &endpoint, &address];
            if others.iter().any(|other| other.is_some()) {
                return Err(invalid("request_id", "stands alone: leave the other parameters out"));
            }
            return Ok(Asked::Past(id));
        }
        let who = match (team, key) {
            (Some(team), None) => Who::Team(team),
            (None, Some(key)) => Who::Key(public_id(&key)?),
            (Some(_), Some(_)) => return Err(invalid("key", "belongs to one team: leave team out")),
            (None, None) => return Err(invalid("team", "is required, or key, or request_id")),
        };
        if model.as_ref().is_some_and(|model| model.chars().count() > MAX_NAME) {
            return Err(invalid("model", &format!("has more than {MAX_NAME} characters: no model does")));
        }
        let entrance = parsed("endpoint", endpoint.as_deref())?.unwrap_or(USUAL);
        Ok(Asked::Present { who, model, entrance, address: parsed("address", address.as_deref())? })
    }
}

/// The public id of a key. The key itself must not be in a URL, which ends up in logs.
fn public_id(text: &str) -> Result<KeyId, ApiError> {
    if text.starts_with("sk-") {
        let why = "must be the key's public id, as GET /api/teams/{team}/keys shows it, and never the key itself: this \
            one stood in a URL, so rotate it";
        return Err(invalid("key", why));
    }
    text.parse().map_err(|why| invalid("key", &format!("{why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Asked, ApiError> {
        let read = actix_web::web::Query::<ExplainParameters>::from_query(query).unwrap();
        read.into_inner().parse()
    }

    #[test]
    fn what_does_not_go_together_is_refused_by_name() {
        for (query, field) in [
            ("model=a", "team"),
            ("team=a&key=mfzwizltoqqho33s", "key"),
            ("request_id=a&model=b", "request_id"),
            ("key=sk-abc", "key"),
            ("key=no", "key"),
            ("team=a&endpoint=chat", "endpoint"),
            ("team=a&address=here", "address"),
        ] {
            let error = parse(query).unwrap_err();
            assert!(error.detail().starts_with(&format!("{field}:")), "{query}: {error}");
        }
        assert!(parse(&format!("team=a&model={}", "m".repeat(129))).is_err());
        assert!(matches!(parse("request_id=x"), Ok(Asked::Past(id)) if id == "x"));
        assert!(matches!(parse("team=a"), Ok(Asked::Present { model: None, entrance: USUAL, .. })));
    }
}
