//! Another name for an alias that stays the same one, and what becomes of its old name.

use super::{AliasName, AliasSpec, AtSunset, Deprecation, Metadata, OnDisconnect, Routing};
use crate::clock::Timestamp;
use crate::model_ref::ModelRef;
use crate::price::Pricing;

/// How an alias gets another name. Its id, its versions, its access groups and its usage stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renaming {
    /// The name that it has then.
    pub new_alias: AliasName,
    /// What becomes of the old name; nothing has it then where this is `None`.
    pub old: Option<OldName>,
}

/// An old name that leads on to the new one, and is deprecated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OldName {
    /// When calls of it are not served any more; always where there is none.
    pub sunset_at: Option<Timestamp>,
}

impl OldName {
    /// What the alias says that takes the old name at `now`, as visible as the renamed one was.
    pub fn spec(self, renamed: &AliasSpec, new: &AliasName, now: Timestamp) -> AliasSpec {
        let deprecation = Deprecation {
            deprecated_at: now.second(),
            sunset_at: self.sunset_at.map(Timestamp::second),
            replacement: Some(new.clone()),
            message: None,
            at_sunset: AtSunset::Block,
            brownouts: Vec::new(),
        };
        AliasSpec {
            litellm_model: ModelRef::of_alias(new),
            description: format!("The old name of {new}."),
            active: true,
            display_name: None,
            pricing: Pricing::default(),
            tags: Vec::new(),
            visibility: renamed.visibility,
            on_disconnect: OnDisconnect::default(),
            metadata: Metadata::new(),
            routing: Routing { deprecation: Some(deprecation), ..Routing::default() },
        }
    }
}
