//! What goes with an organization, for the record of its deletion.

use alias_core::organization::{Organization, OrganizationDetails};
use alias_core::team::TeamId;
use diesel::prelude::*;
use serde::Serialize;

use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{accounts, admin_tokens};

/// An organization with those who could act in it.
#[derive(Serialize)]
pub(super) struct Gone<'a> {
    #[serde(flatten)]
    organization: &'a Organization,
    teams: Vec<&'a TeamId>,
    /// By address.
    accounts: Vec<String>,
    /// By public id.
    admin_tokens: Vec<String>,
}

impl<'a> Gone<'a> {
    pub(super) fn with(conn: &mut AnyConnection, details: &'a OrganizationDetails) -> Result<Self, Failure> {
        let uid = details.organization.uid.to_string();
        Ok(Self {
            organization: &details.organization,
            teams: details.teams.iter().map(|team| &team.team.team_id).collect(),
            accounts: accounts::table
                .filter(accounts::organization_uid.eq(&uid))
                .order(accounts::email)
                .select(accounts::email)
                .load(conn)?,
            admin_tokens: admin_tokens::table
                .filter(admin_tokens::organization_uid.eq(&uid))
                .filter(admin_tokens::revoked_at.is_null())
                .order(admin_tokens::token_id)
                .select(admin_tokens::token_id)
                .load(conn)?,
        })
    }
}
