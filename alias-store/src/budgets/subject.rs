//! What a budget is of: from the name in the input to what it names, and back.

use std::collections::HashMap;

use alias_core::budget::{Scope, Subject};
use alias_core::key::KeyId;
use alias_core::repository::StoreError;
use alias_core::team::TeamId;
use diesel::prelude::*;

use super::row::BudgetRow;
use crate::column::{CHUNK, parse};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{model_aliases as a, organizations as o, team_keys as k, teams as t};
use crate::{aliases, keys, organizations, reference, teams};

const FIELD: &str = "scope";

/// What a name stands for.
pub(super) struct Named {
    pub(super) scope: &'static str,
    pub(super) subject: String,
    pub(super) organization_uid: Option<String>,
}

/// What the name of a scope stands for now.
///
/// # Errors
/// [`StoreError::UnknownReference`] for a name that nothing has.
pub(super) fn named(conn: &mut AnyConnection, scope: &Scope) -> Result<Named, Failure> {
    if let Some(named) = find(conn, scope)? {
        return Ok(named);
    }
    match scope {
        Scope::OrganizationId(id) => {
            reference::organization(conn, FIELD, id)?;
            Err(unknown(organizations::KIND, id))
        }
        Scope::Alias(name) => {
            reference::aliases(conn, FIELD, std::slice::from_ref(name))?;
            Err(unknown(aliases::KIND, name))
        }
        Scope::TeamId(id) => Err(unknown(teams::KIND, id)),
        Scope::KeyId(id) => Err(unknown(keys::KIND, id)),
        Scope::Tag(tag) => Err(unknown("tag", tag)),
    }
}

/// What the name of a scope stands for now, if for anything.
pub(super) fn find(conn: &mut AnyConnection, scope: &Scope) -> Result<Option<Named>, Failure> {
    Ok(match scope {
        Scope::OrganizationId(id) => organizations::live(conn, id)?.map(|found| {
            let uid = found.uid.to_string();
            Named { scope: "organization", subject: uid.clone(), organization_uid: Some(uid) }
        }),
        Scope::TeamId(id) => {
            let team = t::table.filter(t::folded.eq(id.folded())).select((t::uid, t::organization_uid));
            let team: Option<(String, String)> = team.first(conn).optional()?;
            team.map(|(uid, of)| Named { scope: "team", subject: uid, organization_uid: Some(of) })
        }
        Scope::KeyId(id) => {
            let key = k::table
                .inner_join(t::table.on(t::uid.eq(k::team_uid)))
                .filter(k::key_id.eq(id.to_string()))
                .filter(k::revoked_at.is_null());
            let key: Option<(String, String)> =
                key.select((k::lineage, t::organization_uid)).first(conn).optional()?;
            key.map(|(lineage, of)| Named { scope: "key", subject: lineage, organization_uid: Some(of) })
        }
        Scope::Alias(name) => {
            let found = reference::known_aliases(conn, std::slice::from_ref(name))?.into_values().next();
            found.map(|found| Named { scope: "alias", subject: found.id, organization_uid: None })
        }
        Scope::Tag(tag) => {
            Some(Named { scope: "tag", subject: tag.to_ascii_lowercase(), organization_uid: None })
        }
    })
}

/// Without names that are near: they may be those of another organization.
fn unknown(kind: &'static str, name: &impl ToString) -> Failure {
    let names = vec![name.to_string()];
    StoreError::UnknownReference { kind, field: FIELD, names, suggestions: Vec::new() }.into()
}

/// The keys of lineages that work or may work again, each with its lineage, the oldest first.
pub(super) fn keys_of(conn: &mut AnyConnection, lineages: &[&str]) -> Result<Vec<(String, String)>, Failure> {
    let mut all = Vec::new();
    for some in lineages.chunks(CHUNK) {
        let keys: Vec<(String, String)> = k::table
            .filter(k::lineage.eq_any(some))
            .filter(k::revoked_at.is_null())
            .order((k::created_at, k::key_id))
            .select((k::lineage, k::key_id))
            .load(conn)?;
        all.extend(keys);
    }
    Ok(all)
}

/// What a row is of.
pub(super) fn subject(scope: &str, subject: &str) -> Result<Subject, Failure> {
    const PLACE: &str = "budgets.subject";
    Ok(match scope {
        "organization" => Subject::Organization(parse(PLACE, subject)?),
        "team" => Subject::Team(parse(PLACE, subject)?),
        "key" => Subject::Key(parse(PLACE, subject)?),
        "alias" => Subject::Alias(parse(PLACE, subject)?),
        _ => Subject::Tag(subject.to_owned()),
    })
}

/// The names of what budgets are of.
#[derive(Default)]
pub(super) struct Names {
    organizations: HashMap<String, String>,
    teams: HashMap<String, String>,
    aliases: HashMap<String, String>,
    /// The newest key of each lineage.
    keys: HashMap<String, String>,
}

impl Names {
    pub(super) fn of(conn: &mut AnyConnection, rows: &[BudgetRow]) -> Result<Self, Failure> {
        let subjects = |scope: &str| -> Vec<&str> {
            rows.iter().filter(|row| row.scope == scope).map(|row| row.subject.as_str()).collect()
        };
        let mut names = Self::default();
        let mut organizations = subjects("organization");
        organizations.extend(rows.iter().filter_map(|row| row.organization_uid.as_deref()));
        for some in organizations.chunks(CHUNK) {
            let found = o::table.filter(o::uid.eq_any(some)).select((o::uid, o::organization_id));
            names.organizations.extend(found.load::<(String, String)>(conn)?);
        }
        for some in subjects("team").chunks(CHUNK) {
            let found = t::table.filter(t::uid.eq_any(some)).select((t::uid, t::team_id));
            names.teams.extend(found.load::<(String, String)>(conn)?);
        }
        for some in subjects("alias").chunks(CHUNK) {
            let found = a::table.filter(a::id.eq_any(some)).select((a::id, a::alias));
            names.aliases.extend(found.load::<(String, String)>(conn)?);
        }
        for (lineage, key) in keys_of(conn, &subjects("key"))? {
            names.keys.insert(lineage, key);
        }
        Ok(names)
    }

    /// What people call what a row is of; `None` where it is not there any more.
    pub(super) fn scope(&self, row: &BudgetRow) -> Result<Option<Scope>, Failure> {
        let names = match row.scope.as_str() {
            "organization" => &self.organizations,
            "team" => &self.teams,
            "key" => &self.keys,
            "alias" => &self.aliases,
            _ => return Ok(Some(Scope::Tag(row.subject.clone()))),
        };
        let Some(name) = names.get(&row.subject) else { return Ok(None) };
        Ok(Some(match row.scope.as_str() {
            "organization" => Scope::OrganizationId(parse("organizations.organization_id", name)?),
            "team" => Scope::TeamId(parse::<TeamId>("teams.team_id", name)?),
            "key" => Scope::KeyId(parse::<KeyId>("team_keys.key_id", name)?),
            _ => Scope::Alias(parse("model_aliases.alias", name)?),
        }))
    }

    /// The id of the organization that a row is within.
    pub(super) fn organization(&self, row: &BudgetRow) -> Option<&String> {
        self.organizations.get(row.organization_uid.as_ref()?)
    }
}
