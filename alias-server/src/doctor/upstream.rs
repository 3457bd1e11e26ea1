//! The upstream: whether it answers, takes our key, and knows what aliases point to.

use std::collections::BTreeSet;

use alias_core::alias::AliasDetails;

use super::{Line, named};
use crate::upstream::UpstreamConfig;
use crate::upstream::probe::{self, Finding};

pub(super) async fn lines(config: &UpstreamConfig, aliases: &[AliasDetails]) -> Vec<Line> {
    let found = probe::look(config).await;
    let said = found.said(probe::base(config));
    let fix = found.fix().map(|(_, fix)| fix).unwrap_or_default();
    match &found {
        Finding::Answers { listed, deployed } => {
            let mut all = vec![Line::good("upstream", said)];
            all.extend(targets(aliases, deployed, listed));
            all
        }
        Finding::Unexpected(_) => vec![Line::doubtful("upstream", said, fix)],
        Finding::Unreachable(_) | Finding::KeyRefused(_) => vec![Line::bad("upstream", said, fix)],
    }
}

/// Whether what aliases point to is there, as far as the upstream tells.
fn targets(aliases: &[AliasDetails], known: &BTreeSet<String>, names: &BTreeSet<String>) -> Option<Line> {
    if aliases.is_empty() {
        return None;
    }
    let any = known.iter().any(|name| name.contains('*'));
    let is_known = |alias: &AliasDetails| {
        let target = &alias.alias.spec.litellm_model;
        known.contains(target.as_str()) || names.contains(target.as_str()) || names.contains(target.model())
    };
    let unknown: Vec<String> = aliases
        .iter()
        .filter(|alias| alias.alias.spec.litellm_model.alias().is_none() && !is_known(alias))
        .map(|alias| format!("{} -> {}", alias.alias.alias, alias.alias.spec.litellm_model))
        .collect();
    Some(if unknown.is_empty() {
        Line::good("aliases", format!("the upstream knows the targets of all {} active ones", aliases.len()))
    } else if any {
        Line::good("aliases", format!("{} are not named there, and may fall under a wildcard", unknown.len()))
    } else {
        let said = format!("the upstream does not name: {}", named(&unknown));
        Line::doubtful("aliases", said, "add them to LiteLLM's model_list, or point the aliases elsewhere")
    })
}
