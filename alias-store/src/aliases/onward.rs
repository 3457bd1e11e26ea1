//! Where calls go on from aliases that serve none themselves: to others in turn, never in a circle, and not too far.

use std::collections::BTreeSet;

use alias_core::alias::{AliasName, AliasSpec, MAX_HOPS, ModelAlias, Onward};
use alias_core::model_ref::{ALIAS, ModelRef};
use alias_core::repository::StoreError;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{AliasRow, current, live};
use crate::catalog::in_chunks;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::reference;
use crate::schema::model_aliases;

/// Refuses what [`ends`] does, and targets that are not there. What a deprecation names need not be there, and neither
/// need what was a target once: a call is refused that gets no further.
pub(super) fn check(
    conn: &mut AnyConnection,
    name: &AliasName,
    before: Option<&AliasSpec>,
    spec: &AliasSpec,
) -> Result<(), Failure> {
    if before.is_some_and(|before| before.onward() == spec.onward()) {
        return Ok(());
    }
    for (_, target) in spec.onward().iter().filter(|(by, _)| *by == Onward::Target) {
        // A name itself is never open here, so that it is no alias of all names that begin so.
        reference::aliases(conn, Onward::Target.field(), std::slice::from_ref(target))?;
    }
    ends(conn, name, spec)
}

/// Refuses what leads back to where it begins, or further than calls are passed on.
pub(super) fn ends(conn: &mut AnyConnection, name: &AliasName, spec: &AliasSpec) -> Result<(), Failure> {
    let steps = spec.onward();
    if steps.is_empty() {
        return Ok(());
    }
    let before = above(conn, name)?;
    Walk { conn, path: vec![name.clone()], before }.through(&steps)
}

/// A walk along everything that calls may go on to.
struct Walk<'a> {
    conn: &'a mut AnyConnection,
    path: Vec<AliasName>,
    /// How many aliases lead to the first one.
    before: usize,
}

impl Walk<'_> {
    fn through(&mut self, steps: &[(Onward, AliasName)]) -> Result<(), Failure> {
        for (by, next) in steps {
            let circle = self.path.iter().any(|name| name.folded() == next.folded());
            self.path.push(next.clone());
            if circle {
                return Err(refused(*by, format!("leads in a circle: {}", self.told())));
            }
            if self.before + self.path.len() > MAX_HOPS + 1 {
                let before = if self.before == 0 { "" } else { ", with those that lead to it" };
                let why = format!("leads over more than {MAX_HOPS} aliases{before}: {}", self.told());
                return Err(refused(*by, why));
            }
            if let Some(alias) = live(self.conn, next)? {
                self.through(&alias.spec.onward())?;
            }
            self.path.pop();
        }
        Ok(())
    }

    fn told(&self) -> String {
        self.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ")
    }
}

/// How many aliases lead to this one by their targets, one after the other, at most.
fn above(conn: &mut AnyConnection, name: &AliasName) -> Result<usize, Failure> {
    let mut names = vec![name.folded()];
    for length in 0..MAX_HOPS {
        names =
            in_chunks(&names, |names| leading(conn, names))?.into_iter().map(|(_, folded)| folded).collect();
        if names.is_empty() {
            return Ok(length);
        }
    }
    Ok(MAX_HOPS)
}

/// The live aliases whose targets are aliases of these folded names: their ids, and their own folded names.
fn leading(conn: &mut AnyConnection, names: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let targets: Vec<String> = names.iter().map(|name| format!("{ALIAS}/{name}")).collect();
    let folded = sql::<Text>("LOWER(model_aliases.litellm_model)");
    let rows =
        model_aliases::table.filter(model_aliases::deleted_at.is_null()).filter(folded.eq_any(targets));
    Ok(rows.select((model_aliases::id, model_aliases::folded)).load(conn)?)
}

/// The names of the aliases that have this one as their target.
pub(super) fn leading_here(conn: &mut AnyConnection, name: &AliasName) -> Result<Vec<String>, Failure> {
    Ok(leading(conn, &[name.folded()])?.into_iter().map(|(_, folded)| folded).collect())
}

/// The ids of the aliases whose calls come to this one by their targets, however far.
pub(crate) fn leading_to(conn: &mut AnyConnection, name: &AliasName) -> Result<BTreeSet<String>, Failure> {
    let (mut names, mut found) = (vec![name.folded()], BTreeSet::new());
    for _ in 0..MAX_HOPS {
        let rows = in_chunks(&names, |names| leading(conn, names))?;
        names = rows.into_iter().filter_map(|(id, folded)| found.insert(id).then_some(folded)).collect();
        if names.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The ids of the aliases that calls of these may go on to.
pub(crate) fn reached(conn: &mut AnyConnection, ids: &[String]) -> Result<BTreeSet<String>, Failure> {
    let (mut ids, mut found) = (ids.to_vec(), BTreeSet::new());
    for _ in 0..MAX_HOPS {
        let specs: Vec<AliasRow> = in_chunks(&ids, |ids| {
            let leads = model_aliases::litellm_model
                .like(format!("{ALIAS}/%"))
                .or(model_aliases::deprecated.eq(true));
            Ok(current!().filter(model_aliases::id.eq_any(ids)).filter(leads).load(conn)?)
        })?;
        let mut names = BTreeSet::new();
        for row in specs {
            let alias = ModelAlias::try_from(row)?;
            names.extend(alias.spec.onward().into_iter().map(|(_, name)| name.folded()));
        }
        let names: Vec<String> = names.into_iter().collect();
        let next = in_chunks(&names, |names| {
            let live = model_aliases::table.filter(model_aliases::deleted_at.is_null());
            Ok(live
                .filter(model_aliases::folded.eq_any(names))
                .select(model_aliases::id)
                .load::<String>(conn)?)
        })?;
        ids = next.into_iter().filter(|id| found.insert(id.clone())).collect();
        if ids.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The model that calls come to in the end which have this target; the target itself where they come to none.
pub(crate) fn model(conn: &mut AnyConnection, target: &ModelRef) -> Result<ModelRef, Failure> {
    let mut model = target.clone();
    for _ in 0..=MAX_HOPS {
        let Some(name) = model.alias().and_then(|name| name.parse::<AliasName>().ok()) else {
            return Ok(model);
        };
        let Some(alias) = live(conn, &name)? else { break };
        model = alias.spec.litellm_model;
    }
    Ok(target.clone())
}

fn refused(by: Onward, why: String) -> Failure {
    let why = if by == Onward::Sunset { format!("replacement {why}") } else { why };
    Failure::Refused(StoreError::Invalid(AliasSpec::refused(by.field(), why)))
}
