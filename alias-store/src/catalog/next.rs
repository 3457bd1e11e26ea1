//! What becomes of aliases by themselves: the changes that wait, put one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::alias::{AliasSpec, Outcome, ScheduleId, ScheduledChange};
use alias_core::catalog::NextAlias;
use alias_core::clock::Timestamp;
use alias_core::price::ModelFacts;

use super::alias;
use crate::aliases::{AliasRow, SpecRecord};
use crate::column::{parse, version};
use crate::error::Failure;

/// An alias from a moment on.
pub(super) struct Step {
    at: Timestamp,
    /// The number that it gets if nothing is written before, and what makes it.
    version: (u32, Option<ScheduleId>),
    /// What it says then; `None`: it is deleted.
    pub(super) spec: Option<SpecRecord>,
}

/// What the changes that wait for an alias make of it, as the writes will that make versions of them.
pub(super) fn steps(row: &AliasRow, waiting: Vec<ScheduledChange>) -> Result<Vec<Step>, Failure> {
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut spec = AliasSpec::try_from(SpecRecord::read(&row.spec)?)?;
    let name = parse("model_aliases.alias", &row.alias)?;
    let mut number = version("model_aliases.version", row.version)?;
    let mut steps = Vec::with_capacity(waiting.len());
    for change in waiting {
        let said = match change.action.outcome(&name, &spec) {
            Outcome::Unchanged => continue,
            Outcome::Says(after) => {
                spec = *after;
                Some(SpecRecord::from(spec.clone()))
            }
            Outcome::Deleted => None,
        };
        number += 1;
        let ends = said.is_none();
        steps.push(Step { at: change.effective_at, version: (number, Some(change.id)), spec: said });
        if ends {
            break;
        }
    }
    Ok(steps)
}

/// The steps as what follows the alias, each behind the one before.
pub(super) fn chain(
    row: &AliasRow,
    steps: Vec<Step>,
    facts: &HashMap<String, Arc<ModelFacts>>,
) -> Result<Option<Box<NextAlias>>, Failure> {
    let mut next = None;
    for step in steps.into_iter().rev() {
        let after = next.take();
        let then = step.spec.map(|spec| alias(row, step.version, spec, after, facts)).transpose()?;
        next = Some(Box::new(NextAlias { at: step.at, alias: then }));
    }
    Ok(next)
}
