//! Why a call is refused: the one vocabulary of refusals.

use alias_core::alias::AliasId;
use alias_core::clock::Timestamp;
use alias_core::key::Entrance;

/// The most names that a refusal lists.
pub const MAX_AVAILABLE: usize = 20;

/// What callers of a deleted alias are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Since when it is deleted.
    pub at: Timestamp,
    /// What to use in its place.
    pub replacement: String,
}

/// Why a call is refused.
///
/// `available` holds names that the caller may call and may see, in order of name, at most
/// [`MAX_AVAILABLE`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// No key that works: wrong, malformed, expired, revoked, or of a team that is gone. All look alike.
    #[error("the key is not valid")]
    UnknownKey,
    /// The team, or its organization, is suspended.
    #[error("the {} is suspended", if *.by_organization { "organization" } else { "team" })]
    TeamSuspended {
        /// Whether it is the organization that is suspended, and not the team itself.
        by_organization: bool,
    },
    /// The team, or its organization, is paused.
    #[error("the team is paused")]
    TeamPaused {
        /// When calls are served again, if that is known.
        until: Option<Timestamp>,
    },
    /// The key is limited to networks, and the request came from none of them.
    #[error("the key is not for requests from this address")]
    NetworkNotAllowed,
    /// The key is limited to endpoints, and the request came to none of them.
    #[error("the key is not for this endpoint")]
    EndpointNotAllowed {
        /// Where it came in.
        entrance: Entrance,
    },
    /// Nothing has the name, or nothing that the caller may know of.
    #[error("the model was not found")]
    UnknownModel {
        /// What the caller may call.
        available: Vec<String>,
        /// Names that the caller may call and that are near the one asked for, nearest first, at most three.
        suggestions: Vec<String>,
        /// That an alias of this name was deleted, and what to use in its place, where the caller may know of both.
        removed: Option<Removed>,
    },
    /// The call names no model, and its team has no default that the caller may know of.
    #[error("no model was named")]
    NoModel {
        /// What the caller may call.
        available: Vec<String>,
    },
    /// The alias exists, and no group of the team grants it, or the key is limited to others.
    #[error("the team does not have access to the model")]
    NotGranted {
        /// The alias, for counting refusals.
        alias_id: AliasId,
        /// What the caller may call.
        available: Vec<String>,
    },
    /// The alias is granted, and its time is over.
    #[error("the model has reached its end")]
    ModelSunset {
        /// The alias, for counting refusals.
        alias_id: AliasId,
        /// Since when.
        since: Timestamp,
        /// What to use in its place, where the caller may know of that.
        replacement: Option<String>,
        /// What callers are told besides.
        message: Option<String>,
        /// What the caller may call.
        available: Vec<String>,
    },
    /// The alias is granted, and refuses calls for a while, to tell of its end.
    #[error("the model refuses calls for a while, for its end is near")]
    ModelBrownout {
        /// The alias, for counting refusals.
        alias_id: AliasId,
        /// Until when.
        until: Timestamp,
        /// When its time is over.
        sunset_at: Option<Timestamp>,
        /// What to use in its place, where the caller may know of that.
        replacement: Option<String>,
        /// What callers are told besides.
        message: Option<String>,
        /// What the caller may call.
        available: Vec<String>,
    },
    /// The alias is granted, and serves no calls at present.
    #[error("the model is disabled")]
    ModelDisabled {
        /// The alias, for counting refusals.
        alias_id: AliasId,
        /// What the caller may call.
        available: Vec<String>,
    },
}
