//! Trials: calls of operators who want to see whether an alias works. They go the way of every call, but for the question
//! who may make them.

use std::sync::Arc;

use alias_core::catalog::CatalogAlias;
use alias_core::credits::{Billing, BudgetMode, LimitMode};
use alias_core::house;
use alias_core::key::CallerId;
use alias_core::limit::Limits;
use alias_core::price::Pricing;

use crate::budgets::Shared;
use crate::caller::{Arrival, Caller, Credential, Gate, Reach, TeamEntry};
use crate::decision::Decision;
use crate::grants::Numbers;
use crate::table::{AliasEntry, Phase, RoutingTable};

/// A call that an operator makes.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The operator, as the house's. It may call nothing that [`decide`](crate::decide) decides about.
    pub caller: Caller,
    /// Where the call goes. The client is charged nothing: the house pays what the provider takes.
    pub decision: Decision,
}

impl RoutingTable {
    /// A call of `alias` by an operator, whether the alias is active or not. The alias need not be one of this table: a
    /// target can be tried before it is saved.
    pub fn trial(&self, alias: &CatalogAlias, by: &str, arrival: Arrival) -> Trial {
        let team = Arc::new(of_house());
        let alias = CatalogAlias { pricing: Pricing::Free, routing: None, next: None, ..alias.clone() };
        let entry = Arc::new(AliasEntry::new(&alias, Numbers::new(), Shared::default(), None, Phase::Usual));
        let reach = Reach { team: &team, scope: None, budgets: None, at: arrival.at };
        let decision = Decision::new(&entry, reach, self.revision(), None, None);
        let (credential, id) = (Credential::Operator, CallerId::operator(by));
        let limits = Limits::default();
        let caller = Caller { credential, id, team: Arc::clone(&team), arrival, admitted: None, limits };
        Trial { caller, decision }
    }
}

fn of_house() -> TeamEntry {
    TeamEntry {
        gate: Gate::Open,
        groups: Numbers::new(),
        idle: Numbers::new(),
        default_model: None,
        uid: house::TEAM,
        team_id: house::team_id(),
        limits: Limits::default(),
        organization_id: Arc::new(house::organization_id()),
        billing: Billing {
            budget_mode: BudgetMode::ConsumptionUsd,
            limit_mode: LimitMode::Unlimited,
            ..Billing::default()
        },
        budgets: Shared::default(),
    }
}
