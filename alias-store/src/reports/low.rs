//! Teams that are about to run out of credit.

use alias_core::credits::Balance;
use alias_core::money::MicroCredits;
use alias_core::organization::OrganizationId;
use alias_core::report::LowTeam;
use diesel::prelude::*;

use crate::column::parse;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{credit_accounts as a, organizations as o, teams as t};

type Row = (String, String, i64, i64, i64, i64);

/// The part that is little, as `credits::little_of` has it.
const PART: i64 = 5;

pub(super) fn teams(
    conn: &mut AnyConnection,
    within: Option<&OrganizationId>,
    most: u32,
) -> Result<Vec<LowTeam>, Failure> {
    let mut rows = t::table
        .inner_join(o::table)
        .inner_join(a::table.on(a::team_uid.eq(t::uid.nullable())))
        .filter(t::limit_mode.ne("unlimited"))
        .filter(a::allocated.gt(0))
        .filter((a::allocated - a::charged).le(a::full_at / PART))
        .into_boxed();
    if let Some(organization) = within {
        rows = rows.filter(o::folded.eq(organization.folded()));
    }
    let rows: Vec<Row> = rows
        .order(((a::allocated - a::charged).asc(), t::uid.asc()))
        .limit(i64::from(most))
        .select((t::team_id, o::organization_id, a::allocated, a::charged, a::granted, a::full_at))
        .load(conn)?;
    let low = |(team, organization, allocated, charged, granted, full): Row| {
        Ok(LowTeam {
            team_id: parse("teams.team_id", &team)?,
            organization_id: parse("organizations.organization_id", &organization)?,
            balance: Balance {
                allocated: MicroCredits::new(allocated),
                used: MicroCredits::new(charged),
                leased: MicroCredits::new(granted - charged),
                full: MicroCredits::new(full),
            },
        })
    };
    rows.into_iter().map(low).collect()
}
