//! What a key may be used for: a scope narrows what the team may call, and never widens it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use validator::ValidationError;

use super::networks::{Network, Networks};
use crate::alias::{AliasId, AliasName};
use crate::usage::Endpoint;
use crate::validation::{self, error};

/// The most networks of one key.
const MAX_NETWORKS: usize = 100;

/// The word for `GET /v1/models`.
const MODELS: &str = "models";

/// Where a request of a key comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entrance {
    /// A call of a model.
    Call(Endpoint),
    /// The lists of models.
    Models,
}

impl Entrance {
    fn all() -> impl Iterator<Item = Self> {
        Endpoint::ALL.into_iter().map(Self::Call).chain([Self::Models])
    }

    /// Its word: that of the endpoint, or `models`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call(endpoint) => endpoint.as_str(),
            Self::Models => MODELS,
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Call(endpoint) => 1 << (endpoint as u16),
            Self::Models => 1 << 15,
        }
    }
}

/// A text that is no word of an [`Entrance`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", Entrance::all().map(Entrance::as_str).collect::<Vec<_>>().join(", "))]
pub struct InvalidEntrance;

impl FromStr for Entrance {
    type Err = InvalidEntrance;

    fn from_str(text: &str) -> Result<Self, InvalidEntrance> {
        Self::all().find(|entrance| entrance.as_str() == text).ok_or(InvalidEntrance)
    }
}

/// Some entrances; on the wire a list of their words.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct EntranceSet(u16);

impl EntranceSet {
    /// Whether it holds this one.
    pub const fn contains(self, entrance: Entrance) -> bool {
        self.0 & entrance.bit() != 0
    }

    fn iter(self) -> impl Iterator<Item = Entrance> {
        Entrance::all().filter(move |entrance| self.contains(*entrance))
    }
}

impl FromIterator<Entrance> for EntranceSet {
    fn from_iter<I: IntoIterator<Item = Entrance>>(entrances: I) -> Self {
        Self(entrances.into_iter().fold(0, |bits, entrance| bits | entrance.bit()))
    }
}

impl fmt::Debug for EntranceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Entrance::as_str)).finish()
    }
}

impl Serialize for EntranceSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Entrance::as_str))
    }
}

/// A key's limits as operators read and write them; what is null does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedScope {
    /// The models that it may call, of those that its team may; null: all of them.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["gpt-4"])))]
    pub models: Option<Vec<AliasName>>,
    /// The endpoints that it may use, `models` being the lists; null: all.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["chat_completions", "models"])))]
    pub endpoints: Option<EntranceSet>,
    /// The networks that its requests may come from; null: all.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, example = json!(["10.0.0.0/8"])))]
    pub networks: Option<Networks>,
    /// Whether answers to its calls say which provider's model served them, in `x-alias-upstream-model`.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub upstream_identity: bool,
}

/// A key's limits as deciding goes by them. An alias is in it by its identity, so that another alias which takes
/// an old name is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyScope {
    models: Option<Box<[AliasId]>>,
    endpoints: Option<EntranceSet>,
    networks: Option<Networks>,
    upstream_identity: bool,
}

impl KeyScope {
    /// The scope of these limits; `None` where there are none.
    pub fn new(
        models: Option<Vec<AliasId>>,
        endpoints: Option<EntranceSet>,
        networks: Option<Networks>,
    ) -> Option<Self> {
        if models.is_none() && endpoints.is_none() && networks.is_none() {
            return None;
        }
        let models = models.map(|mut ids| {
            ids.sort_unstable();
            ids.into()
        });
        Some(Self { models, endpoints, networks, upstream_identity: false })
    }

    /// The same scope, or one without limits, of a key whose answers say which provider's model served them.
    #[must_use]
    pub fn with_upstream_identity(scope: Option<Self>) -> Self {
        Self { upstream_identity: true, ..scope.unwrap_or_default() }
    }

    /// Whether answers say which provider's model served them.
    pub fn shows_upstream(&self) -> bool {
        self.upstream_identity
    }

    /// Whether it leaves room for calls of this alias.
    pub fn holds_model(&self, alias: AliasId) -> bool {
        self.models.as_ref().is_none_or(|models| models.binary_search(&alias).is_ok())
    }

    /// Whether requests may come in here.
    pub fn holds_entrance(&self, entrance: Entrance) -> bool {
        self.endpoints.is_none_or(|endpoints| endpoints.contains(entrance))
    }

    /// An address that requests may come from, where they may not come from everywhere.
    pub fn some_address(&self) -> Option<IpAddr> {
        self.networks.as_ref().and_then(Networks::first)
    }

    /// Whether requests may come from here. An address that is not known is in no network.
    pub fn holds_address(&self, address: Option<IpAddr>) -> bool {
        self.networks.as_ref().is_none_or(|networks| address.is_some_and(|at| networks.contain(at)))
    }
}

/// What is said of an empty list: it would let nothing through, which is what revoking is for.
fn some(texts: &[String], what: &str) -> Result<(), ValidationError> {
    if texts.is_empty() {
        let message = format!(
            "must name at least one {what}: leave it out, or send null, for a key without this limit"
        );
        return Err(error("invalid_value", message));
    }
    Ok(())
}

pub(super) fn models(texts: &[String]) -> Result<(), ValidationError> {
    some(texts, "model")?;
    validation::names::<AliasName>(texts)
}

pub(super) fn endpoints(texts: &[String]) -> Result<(), ValidationError> {
    some(texts, "endpoint")?;
    validation::names::<Entrance>(texts)
}

pub(super) fn networks(texts: &[String]) -> Result<(), ValidationError> {
    some(texts, "network")?;
    if texts.len() > MAX_NETWORKS {
        return Err(error("invalid_value", format!("at most {MAX_NETWORKS} networks for one key")));
    }
    validation::names::<Network>(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::id;

    #[test]
    fn each_endpoint_has_a_place_of_its_own_in_a_set() {
        for one in Entrance::all() {
            let set: EntranceSet = [one].into_iter().collect();
            assert_eq!(set.iter().collect::<Vec<_>>(), [one]);
            assert_eq!(one.as_str().parse(), Ok(one));
        }
        assert!("chat".parse::<Entrance>().unwrap_err().to_string().contains("chat_completions"));
    }

    #[test]
    fn a_scope_holds_what_it_names_and_everything_where_it_says_nothing() {
        assert_eq!(KeyScope::new(None, None, None), None);
        let models = KeyScope::new(Some(vec![id(2), id(1)]), None, None).unwrap();
        assert!(models.holds_model(id(1)) && models.holds_model(id(2)) && !models.holds_model(id(3)));
        assert!(models.holds_entrance(Entrance::Models) && models.holds_address(None));
        assert!(!KeyScope::new(Some(vec![]), None, None).unwrap().holds_model(id(1)));
        let places = KeyScope::new(
            None,
            Some([Entrance::Models].into_iter().collect()),
            Some("::1".parse::<Network>().into_iter().collect()),
        );
        let places = places.unwrap();
        assert!(places.holds_model(id(9)) && places.holds_entrance(Entrance::Models));
        assert!(!places.holds_entrance(Entrance::Call(Endpoint::Messages)));
        assert!(places.holds_address("::1".parse().ok()) && !places.holds_address(None));
    }
}
