//! Callers with a token of an identity provider: verified elsewhere, and admitted here like a key.

use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_core::key::{CallerId, KeyScope};
use alias_core::limit::Limits;
use alias_core::name::MAX_NAME;

use crate::caller::{Arrival, Caller, Credential, Reach, TeamEntry};
use crate::denied::Denied;
use crate::table::{RoutingTable, fold, hash_of_folded};

/// What a verified token says.
#[derive(Debug, Clone)]
pub struct Token<'a> {
    /// Whom it was given to: for records.
    pub subject: &'a str,
    /// The id of the team that it speaks for, in any case of its letters.
    pub team: &'a str,
    /// The models that it may call, of those that its team may; `None`: all of them. Names that no alias has are
    /// passed over.
    pub models: Option<&'a [String]>,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What is kept of a token.
pub(crate) struct Vouched {
    pub(crate) expires_at: Timestamp,
    pub(crate) scope: Option<KeyScope>,
}

impl RoutingTable {
    /// Who presents this token, which somebody else has verified.
    ///
    /// # Errors
    /// Those of [`Self::authenticate`]; a token of a team that does not exist is as unknown as a wrong key.
    pub fn vouch(&self, token: &Token<'_>, arrival: Arrival) -> Result<Caller, Denied> {
        let team = Arc::clone(self.team(token.team).ok_or(Denied::UnknownKey)?);
        let ids = |names: &[String]| {
            names.iter().filter_map(|name| self.alias(name)).map(|alias| alias.id).collect::<Vec<_>>()
        };
        let scope = KeyScope::new(token.models.map(ids), None, None);
        let vouched = Arc::new(Vouched { expires_at: token.expires_at, scope });
        let credential = Credential::Token(vouched);
        let (id, limits) = (CallerId::token(token.subject), Limits::default());
        let caller = Caller { credential, id, team, arrival, admitted: None, limits };
        self.admit(&caller, arrival.at)?;
        Ok(caller)
    }

    /// What a token of a team, as another table had it, reaches by this one.
    pub(crate) fn reach_of_token<'a>(
        &'a self,
        token: &'a Vouched,
        team: &TeamEntry,
        arrival: &Arrival,
    ) -> Result<Reach<'a>, Denied> {
        let now = self.team(team.team_id.as_str()).filter(|now| now.uid == team.uid);
        match now {
            Some(team) if arrival.at < token.expires_at => Reach::of(team, token.scope.as_ref(), arrival),
            _ => Err(Denied::UnknownKey),
        }
    }

    /// The team of this id.
    pub(crate) fn team(&self, id: &str) -> Option<&Arc<TeamEntry>> {
        let mut space = [0; MAX_NAME];
        let hash = hash_of_folded(fold(id, &mut space)?, &self.name_hasher);
        let same = |number: &u32| {
            self.team_at(*number).is_some_and(|team| team.team_id.as_str().eq_ignore_ascii_case(id))
        };
        self.team_at(*self.team_names.find(hash, same)?)
    }
}
