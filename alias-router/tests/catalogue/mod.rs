//! Small catalogues for the tests: entries by number, everything open unless a test closes it.

use std::net::Ipv4Addr;

use alias_core::alias::{AliasId, Visibility};
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam,
    Revision,
};
use alias_core::clock::{Clock as _, Timestamp};
use alias_core::key::Entrance;
use alias_core::testing::{FixedClock, id, key};
use alias_core::usage::Endpoint;
use alias_router::Arrival;

/// The present moment of the tests.
pub(crate) fn now() -> Timestamp {
    FixedClock::default().now()
}

/// A chat call from this machine, at that moment.
pub(crate) fn arrival() -> Arrival {
    let entrance = Entrance::Call(Endpoint::ChatCompletions);
    Arrival { at: now(), entrance, address: Some(Ipv4Addr::LOCALHOST.into()) }
}

/// An alias that serves calls; it goes to `openai/<name>`.
pub(crate) fn alias(n: u64, name: &str) -> CatalogAlias {
    CatalogAlias {
        id: id(n),
        alias: name.parse().unwrap(),
        version: 1,
        litellm_model: format!("openai/{name}").parse().unwrap(),
        active: true,
        visibility: Visibility::Listed,
        pricing: alias_core::price::Pricing::UNSAID,
        model: None,
        on_disconnect: alias_core::alias::OnDisconnect::Cancel,
        tags: vec![],
        created_at: now(),
        routing: None,
        scheduled: None,
        next: None,
    }
}

/// An active group of the aliases with these numbers.
pub(crate) fn group(n: u64, aliases: &[u64]) -> CatalogGroup {
    CatalogGroup {
        id: id(n),
        name: format!("group-{n}").parse().unwrap(),
        active: true,
        aliases: aliases.iter().map(|n| id(*n)).collect(),
    }
}

/// An organization in good standing.
pub(crate) fn organization(n: u64) -> CatalogOrganization {
    CatalogOrganization {
        uid: id(n),
        organization_id: format!("org-{n}").parse().unwrap(),
        standing: CatalogStanding::default(),
    }
}

/// A team of an organization that holds the groups with these numbers.
pub(crate) fn team(n: u64, organization: u64, groups: &[u64]) -> CatalogTeam {
    CatalogTeam {
        uid: id(n),
        team_id: format!("team-{n}").parse().unwrap(),
        organization: id(organization),
        groups: groups.iter().map(|n| id(*n)).collect(),
        default_model: None,
        standing: CatalogStanding::default(),
        limits: alias_core::limit::Limits::default(),
        billing: alias_core::credits::Billing::default(),
    }
}

/// The key with this number, of a team, without an end.
pub(crate) fn team_key(n: u64, team: u64) -> CatalogKey {
    CatalogKey {
        id: key(n).id().clone(),
        digest: key(n).digest(),
        team: id(team),
        expires_at: None,
        scope: None,
        limits: alias_core::limit::Limits::default(),
    }
}

/// One team with one key (number 1) and one group that holds these aliases.
pub(crate) fn one_team(aliases: Vec<CatalogAlias>) -> Catalog {
    let granted: Vec<AliasId> = aliases.iter().map(|alias| alias.id).collect();
    Catalog {
        mark: None,
        revision: Revision(1),
        aliases,
        groups: vec![CatalogGroup { aliases: granted, ..group(1, &[]) }],
        organizations: vec![organization(1)],
        teams: vec![team(1, 1, &[1])],
        keys: vec![team_key(1, 1)],
        budgets: vec![],
        tombstones: vec![],
    }
}
