//! What would come of a change, as the API shows it.

use std::collections::HashMap;

use alias_core::alias::{AliasId, AliasName};
use alias_core::catalog::{Catalog, CatalogTeam, Revision};
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_core::organization::{OrganizationId, OrganizationUid, Standing};
use alias_core::plan::{Outcome, Rehearsal, Spend, Used};
use alias_core::team::TeamUid;
use alias_router::{KeyImpact, TeamImpact, impact};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::switch::SwitchObject;
use super::token::token;

/// The most teams that are named.
const MOST_TEAMS: usize = 1_000;
/// The most keys of one team that are named, and the most teams that call.
const MOST: usize = 100;

/// A write that was tried out only.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun {
    /// Always true: nothing was changed.
    pub dry_run: bool,
    /// What the write would have answered.
    #[schema(value_type = Object)]
    pub result: Value,
    /// What would come of it.
    pub impact: Impact,
}

/// What would come of a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Impact {
    /// The revision of the catalogue that it was tried out on.
    #[schema(value_type = u64, example = 41)]
    pub revision: Revision,
    /// What the audit log would call it; null where nothing would change.
    #[schema(value_type = Option<String>, example = "alias.delete")]
    pub action: Option<&'static str>,
    /// The fields that would differ: `{"field": {"from": …, "to": …}}`.
    #[schema(value_type = Object, example = json!({"active": {"from": true, "to": false}}))]
    pub change: Value,
    /// The access groups that hold the alias, or the one that the change is about.
    #[schema(value_type = Vec<String>, example = json!(["gpt-models"]))]
    pub access_groups: Vec<GroupName>,
    /// Teams that lose or gain names, or have a key that does.
    #[schema(example = 2)]
    pub teams_affected: u64,
    /// Keys that lose or gain names.
    #[schema(example = 3)]
    pub keys_affected: u64,
    /// These teams, by id; 1,000 at most.
    pub teams: Vec<TeamTouched>,
    /// The calls that it is about: of an alias all of them, else those of names that teams lose.
    pub usage: Lately,
    /// Who made these calls, those with the most first; 100 at most.
    pub callers: Vec<CallerObject>,
    /// What another target means; null where the target stays.
    pub switch: Option<SwitchObject>,
    /// Send it with the write, as `impact_token`: it is refused where something else would come of it by then.
    #[schema(example = "imp_5f3c1a0b9d2e4c6fa8b7d6e5f4c3b2a1")]
    pub impact_token: String,
}

/// What was spent lately: today, and on as many UTC days before as make 7 or 30.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Lately {
    /// In 7 days.
    #[schema(inline)]
    pub last_7_days: Spend,
    /// In 30 days.
    #[schema(inline)]
    pub last_30_days: Spend,
}

impl Lately {
    fn add(&mut self, used: &Used) {
        self.last_7_days += used.last_7_days;
        self.last_30_days += used.last_30_days;
    }
}

/// A team that loses or gains names.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamTouched {
    /// The team.
    #[schema(example = "acme-prod")]
    pub team_id: String,
    /// Its organization.
    #[schema(value_type = Option<String>, example = "org_acme")]
    pub organization_id: Option<OrganizationId>,
    /// Whether it may call at present.
    pub status: Standing,
    /// Names that it can call now, and then cannot.
    #[schema(value_type = Vec<String>, example = json!(["gpt-4"]))]
    pub loses: Vec<AliasName>,
    /// Names that it can call only then.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub gains: Vec<AliasName>,
    /// Other names that it can call then, and that go to the same model as one that it loses.
    #[schema(value_type = Vec<String>, example = json!(["smart"]))]
    pub equivalents: Vec<AliasName>,
    /// Whether it loses the name that its calls go to which name none.
    pub loses_default: bool,
    /// How many of its keys lose or gain names.
    #[schema(example = 2)]
    pub keys_affected: u64,
    /// These keys; 100 at most.
    pub keys: Vec<KeyTouched>,
    /// What it lately spent on the names that it loses.
    #[serde(flatten)]
    pub usage: Lately,
}

/// A key that loses or gains names.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyTouched {
    /// The key's public id.
    #[schema(example = "mfzwizltoqqho33s")]
    pub key_id: String,
    /// Names that it can call now, and then cannot.
    #[schema(value_type = Vec<String>, example = json!(["gpt-4"]))]
    pub loses: Vec<AliasName>,
    /// Names that it can call only then.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub gains: Vec<AliasName>,
}

impl From<KeyImpact> for KeyTouched {
    fn from(key: KeyImpact) -> Self {
        Self { key_id: key.key.to_string(), loses: key.names.loses, gains: key.names.gains }
    }
}

/// A team that called.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerObject {
    /// The team.
    #[schema(example = "acme-prod")]
    pub team_id: String,
    /// What it spent.
    #[serde(flatten)]
    pub usage: Lately,
}

/// What is known of teams before the change, besides what it does to them.
struct Known {
    teams: HashMap<TeamUid, CatalogTeam>,
    organizations: HashMap<OrganizationUid, (OrganizationId, Standing)>,
    names: HashMap<AliasName, AliasId>,
}

impl Known {
    fn of(before: &Catalog) -> Self {
        let organizations = before.organizations.iter();
        Self {
            teams: before.teams.iter().map(|team| (team.uid, team.clone())).collect(),
            organizations: organizations
                .map(|one| (one.uid, (one.organization_id.clone(), one.standing.standing)))
                .collect(),
            names: before.aliases.iter().map(|alias| (alias.alias.clone(), alias.id)).collect(),
        }
    }

    fn touched(&self, found: TeamImpact, used: &[Used]) -> TeamTouched {
        let team = self.teams.get(&found.uid);
        let organization = team.and_then(|team| self.organizations.get(&team.organization));
        let lost: Vec<AliasId> =
            found.names.loses.iter().filter_map(|name| self.names.get(name)).copied().collect();
        let mut usage = Lately::default();
        used.iter()
            .filter(|used| used.team == found.uid && lost.contains(&used.alias))
            .for_each(|used| usage.add(used));
        TeamTouched {
            team_id: found.team_id.to_string(),
            organization_id: organization.map(|(id, _)| id.clone()),
            status: stricter(
                team.map(|team| team.standing.standing),
                organization.map(|(_, status)| *status),
            ),
            loses_default: team.and_then(|team| team.default_model).is_some_and(|id| lost.contains(&id)),
            loses: found.names.loses,
            gains: found.names.gains,
            equivalents: found.equivalents,
            keys_affected: found.keys.len() as u64,
            keys: found.keys.into_iter().take(MOST).map(KeyTouched::from).collect(),
            usage,
        }
    }
}

/// The stricter of a team's and its organization's standing.
fn stricter(team: Option<Standing>, organization: Option<Standing>) -> Standing {
    let all = [team, organization];
    let is = |standing: &Standing| all.contains(&Some(*standing));
    [Standing::Suspended, Standing::Paused].into_iter().find(is).unwrap_or(Standing::Active)
}

/// The groups that a change is about.
fn groups_of(outcome: &Outcome) -> Vec<GroupName> {
    match outcome {
        Outcome::Alias(details) => details.access_groups.clone(),
        Outcome::AliasDeleted(gone) => gone.removed_from_access_groups.clone(),
        Outcome::Group(details) | Outcome::GroupDeleted(details) => vec![details.group.group_name.clone()],
        Outcome::ModelsAdded(changed) | Outcome::ModelsRemoved(changed) => {
            vec![changed.details.group.group_name.clone()]
        }
        Outcome::Team(details) => details.access_groups.clone(),
    }
}

impl Impact {
    /// What came of a trial.
    pub fn of(mut rehearsal: Rehearsal, now: Timestamp) -> (Self, Outcome) {
        let known = Known::of(&rehearsal.before);
        let (before, after) = (std::mem::take(&mut rehearsal.before), std::mem::take(&mut rehearsal.after));
        let found = impact(before, after, &rehearsal.concerned, now);
        let impact_token = token(&rehearsal, &found);
        let teams_affected = found.len() as u64;
        let keys_affected = found.iter().map(|team| team.keys.len() as u64).sum();
        let whole_alias = matches!(rehearsal.outcome, Outcome::Alias(_) | Outcome::AliasDeleted(_));
        let used: Vec<&Used> = if whole_alias {
            rehearsal.used.iter().collect()
        } else {
            let lost: HashMap<TeamUid, Vec<AliasId>> = found
                .iter()
                .map(|team| {
                    (
                        team.uid,
                        team.names.loses.iter().filter_map(|name| known.names.get(name)).copied().collect(),
                    )
                })
                .collect();
            let is_lost = |used: &&Used| lost.get(&used.team).is_some_and(|lost| lost.contains(&used.alias));
            rehearsal.used.iter().filter(is_lost).collect()
        };
        let (usage, callers) = spent(&used, &rehearsal);
        let teams =
            found.into_iter().take(MOST_TEAMS).map(|team| known.touched(team, &rehearsal.used)).collect();
        let shown = Self {
            revision: rehearsal.revision,
            action: rehearsal.action,
            change: rehearsal.change,
            access_groups: groups_of(&rehearsal.outcome),
            teams_affected,
            keys_affected,
            teams,
            usage,
            callers,
            switch: rehearsal.switch.as_ref().map(SwitchObject::of),
            impact_token,
        };
        (shown, rehearsal.outcome)
    }
}

/// What was spent in all, and by whom.
fn spent(used: &[&Used], rehearsal: &Rehearsal) -> (Lately, Vec<CallerObject>) {
    let (mut all, mut teams): (Lately, HashMap<TeamUid, Lately>) = Default::default();
    for used in used {
        all.add(used);
        teams.entry(used.team).or_default().add(used);
    }
    let mut callers: Vec<CallerObject> = rehearsal
        .callers
        .iter()
        .filter_map(|caller| {
            Some(CallerObject { team_id: caller.team_id.clone(), usage: teams.remove(&caller.team)? })
        })
        .collect();
    callers.sort_by(|a, b| {
        let calls = |one: &CallerObject| one.usage.last_30_days.calls;
        calls(b).cmp(&calls(a)).then_with(|| a.team_id.cmp(&b.team_id))
    });
    callers.truncate(MOST);
    (all, callers)
}
