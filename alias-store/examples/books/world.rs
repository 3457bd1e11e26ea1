//! Calls of 20 aliases and 50 teams over 30 days, for what measures the books.
#![expect(clippy::expect_used, reason = "a measurement ends loudly")]

use std::sync::Arc;

use alias_core::alias::AliasDraft;
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::credits::BudgetMode;
use alias_core::key::NewKey;
use alias_core::money::{NanoUsd, TokenPrice};
use alias_core::organization::OrganizationDraft;
use alias_core::price::{PriceList, Pricing, PricingDraft};
use alias_core::repository::{AliasRepository, OrganizationRepository, TeamRepository};
use alias_core::team::{TeamDraft, TeamUid};
use alias_core::testing;
use alias_core::usage::{
    Call, Endpoint, Outcome, PriceBasis, Settlement, TokenUsage, UsageEvent, UsageSource,
};
use alias_store::SqlStore;

const ALIASES: u64 = 20;
const TEAMS: u64 = 50;
/// How many calls are shipped at once.
pub(crate) const BATCH: u64 = 1_000;
/// 2024-10-01.
pub(crate) const START: i64 = 1_727_740_800_000_000;
pub(crate) const DAYS: i64 = 30;

/// Whose calls they are.
pub(crate) struct World {
    list: PriceList,
    aliases: Vec<alias_core::alias::ModelAlias>,
    teams: Vec<TeamUid>,
}

impl World {
    /// One alias of them, and one team.
    pub(crate) fn of_one(&self) -> Self {
        Self { list: self.list.clone(), aliases: self.aliases[..1].to_vec(), teams: self.teams[..1].to_vec() }
    }
}

/// Makes them in an empty database.
pub(crate) async fn prepare(store: &SqlStore) -> World {
    let by = Actor::system();
    let list = PriceList::new(TokenPrice::new(2_500_000), TokenPrice::new(10_000_000));
    let organization = OrganizationDraft {
        organization_id: "acme".into(),
        name: "Acme".into(),
        ..OrganizationDraft::default()
    };
    let organization = organization.parse().expect("a draft");
    OrganizationRepository::create(store, organization, None, &by).await.expect("an organization");
    let (mut aliases, mut teams) = (Vec::new(), Vec::new());
    for number in 0..ALIASES {
        let pricing = Some(PricingDraft::from(&Pricing::Fixed(Arc::new(list.clone()))));
        let draft = AliasDraft { pricing, ..AliasDraft::new(format!("model-{number}"), "openai/gpt-4o") };
        let written = AliasRepository::create(store, draft.parse().expect("a draft"), &by).await;
        aliases.push(written.expect("an alias").value.alias);
    }
    for number in 0..TEAMS {
        let draft = TeamDraft {
            organization_id: "acme".into(),
            team_id: format!("team-{number}"),
            limit_mode: Some("unlimited".into()),
            ..TeamDraft::default()
        };
        let key = NewKey::first(testing::key(number));
        let written = TeamRepository::create(store, draft.parse().expect("a draft"), key, &by).await;
        teams.push(written.expect("a team").value.team.uid);
    }
    World { list, aliases, teams }
}

/// The call with this number of so many.
pub(crate) fn event(world: &World, number: u64, all: u64) -> UsageEvent {
    let pick = |of: usize, salt: u64| usize::try_from((number * 7 + salt) % of as u64).unwrap_or(0);
    let alias = &world.aliases[pick(world.aliases.len(), number / 13)];
    let span = i128::from(DAYS) * 86_400_000_000;
    let offset = i64::try_from(span * i128::from(number) / i128::from(all)).unwrap_or(0);
    let team = pick(world.teams.len(), number / 31);
    let tokens = TokenUsage { input: 400 + number % 900, output: 50 + number % 400, ..TokenUsage::default() };
    let charge = world.list.cost(&tokens, 0);
    let credits = charge.nanos() / 100 + i64::from(charge.nanos() % 100 >= 50);
    let call = Call {
        call_id: testing::id(number),
        started_at: Timestamp::from_micros(START + offset),
        endpoint: Endpoint::ChatCompletions,
        stream: number.is_multiple_of(2),
        alias_id: alias.id,
        alias: alias.alias.clone(),
        alias_version: 1,
        scheduled: None,
        litellm_model: alias.spec.litellm_model.clone(),
        organization_id: "acme".parse().expect("an id"),
        team_uid: world.teams[team],
        team_id: format!("team-{team}").parse().expect("an id"),
        key_id: testing::key(team as u64).id().clone().into(),
        request_id: format!("req_{number}"),
        job: None,
    };
    // From a third of a second to half a minute, most of them short.
    let duration_us = (330_000 + number * 7_919 % 1_000_000) << (number * 31 / 7 % 6);
    UsageEvent {
        outcome: Outcome::Complete,
        status: 200,
        duration_us,
        first_byte_us: Some(duration_us / 3),
        tokens: Some(tokens),
        provider_cost: Some(NanoUsd::new(charge.nanos())),
        charge: Some(charge),
        settlement: Settlement {
            source: UsageSource::Reported,
            raw: Some(format!(
                "{{\"prompt_tokens\":{},\"completion_tokens\":{}}}",
                tokens.input, tokens.output
            )),
            basis: PriceBasis::Fixed,
            mode: BudgetMode::ConsumptionUsd,
            rate: 10_000_000,
            credits,
            charged: credits,
            ..Settlement::default()
        },
        ..UsageEvent::interrupted(call)
    }
}
