//! What an impact is known by: two trials that would write the same, and touch the same callers in the same way, have
//! the same token.

use alias_core::plan::Rehearsal;
use alias_router::{Names, TeamImpact};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Bytes of the digest that are shown: more than anybody can find a second text for.
const SHOWN: usize = 16;

/// The token of what came of a trial. Counters and figures are no part of it: they always move.
pub(super) fn token(rehearsal: &Rehearsal, teams: &[TeamImpact]) -> String {
    let names = |names: &Names| {
        let list = |names: &[alias_core::alias::AliasName]| -> Value {
            names.iter().map(alias_core::name::Name::as_str).collect()
        };
        json!([list(&names.loses), list(&names.gains)])
    };
    let teams: Vec<Value> = teams
        .iter()
        .map(|team| {
            let keys: Vec<Value> =
                team.keys.iter().map(|key| json!([key.key.as_str(), names(&key.names)])).collect();
            json!([team.uid.to_string(), names(&team.names), keys])
        })
        .collect();
    let text = json!([rehearsal.action, rehearsal.outcome.said(), teams]).to_string();
    let digest = Sha256::digest(text.as_bytes());
    let shown = digest.first_chunk::<SHOWN>().map_or_else(String::new, |bytes| HEXLOWER.encode(bytes));
    format!("imp_{shown}")
}
