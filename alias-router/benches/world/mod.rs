//! Catalogues of any size, the same in every run.

use alias_core::alias::Visibility;
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam,
    Revision,
};
use alias_core::clock::Timestamp;
use alias_core::testing::{id, key};

/// How much of everything there is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) aliases: u64,
    pub(crate) groups: u64,
    pub(crate) teams: u64,
    pub(crate) keys: u64,
}

pub(crate) const LARGE: Size = Size { aliases: 100_000, groups: 1_000, teams: 10_000, keys: 100_000 };

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % end
    }
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_micros(1_728_907_200_000_000)
}

pub(crate) fn name(n: u64) -> String {
    format!("vendor-{}/model-{n}", n % 97)
}

pub(crate) fn entry(n: u64) -> CatalogAlias {
    CatalogAlias {
        id: id(n),
        alias: name(n).parse().unwrap(),
        version: 1,
        litellm_model: format!("openai/model-{n}").parse().unwrap(),
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

/// Every alias is in two groups, every team holds three, keys are spread evenly.
pub(crate) fn catalog(size: Size) -> Catalog {
    let mut draw = Draw(42);
    let mut members = vec![Vec::new(); usize::try_from(size.groups).unwrap()];
    for alias in 0..size.aliases {
        for _ in 0..2 {
            members[usize::try_from(draw.below(size.groups)).unwrap()].push(id(alias));
        }
    }
    let group = |(n, aliases)| CatalogGroup {
        id: id(n),
        name: format!("group-{n}").parse().unwrap(),
        active: true,
        aliases,
    };
    let groups = (0..).zip(members).map(group);
    let team = |n: u64, draw: &mut Draw| CatalogTeam {
        uid: id(n),
        team_id: format!("team-{n}").parse().unwrap(),
        organization: id(n % 100),
        groups: (0..3).map(|_| id(draw.below(size.groups))).collect(),
        default_model: None,
        standing: CatalogStanding::default(),
        limits: alias_core::limit::Limits::default(),
        billing: alias_core::credits::Billing::default(),
    };
    let organization = |n: u64| CatalogOrganization {
        uid: id(n),
        organization_id: format!("org-{n}").parse().unwrap(),
        standing: CatalogStanding::default(),
    };
    let team_key = |n: u64| {
        let secret = key(n);
        CatalogKey {
            id: secret.id().clone(),
            digest: secret.digest(),
            team: id(n % size.teams),
            expires_at: None,
            scope: None,
            limits: alias_core::limit::Limits::default(),
        }
    };
    Catalog {
        mark: None,
        revision: Revision(1),
        aliases: (0..size.aliases).map(entry).collect(),
        groups: groups.collect(),
        organizations: (0..100).map(organization).collect(),
        teams: (0..size.teams).map(|n| team(n, &mut draw)).collect(),
        keys: (0..size.keys).map(team_key).collect(),
        budgets: vec![],
        tombstones: vec![],
    }
}
