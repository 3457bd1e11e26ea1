//! Webhooks and their deliveries as they are read.

use alias_core::repository::{Page, Position, WebhookQuery, Window};
use alias_core::webhook::{Delivery, Webhook, WebhookId};
use diesel::prelude::*;

use super::row::{DeliveryRow, WebhookRow};
use crate::column::storable;
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::schema::{organizations, teams, webhook_deliveries, webhooks};
use crate::window::{self, by_name};

/// A webhook with the ids of its team and organization.
type Found = (WebhookRow, Option<String>, Option<String>);

fn webhook((row, team, organization): Found) -> Result<Webhook, Failure> {
    row.of(team, organization)
}

/// Webhooks with what surrounds them, as diesel finds them.
macro_rules! surrounded {
    () => {
        webhooks::table.left_join(teams::table.inner_join(organizations::table))
    };
}

/// What is read of each.
macro_rules! shown {
    () => {
        (WebhookRow::as_select(), teams::team_id.nullable(), organizations::organization_id.nullable())
    };
}

pub(super) fn one(conn: &mut AnyConnection, id: &WebhookId) -> Result<Option<Webhook>, Failure> {
    let found: Option<Found> = surrounded!()
        .filter(webhooks::webhook_id.eq(id.to_string()))
        .select(shown!())
        .first(conn)
        .optional()?;
    found.map(webhook).transpose()
}

pub(super) fn page(conn: &mut AnyConnection, query: &WebhookQuery) -> Result<Page<Webhook>, Failure> {
    let matching = || {
        let mut rows = surrounded!().into_boxed::<AnyBackend>();
        if let Some(team) = &query.team_id {
            rows = rows.filter(teams::folded.eq(team.folded()));
        }
        if let Some(organization) = &query.organization_id {
            rows = rows.filter(organizations::folded.eq(organization.folded()));
        }
        rows
    };
    let window = &query.window;
    let total: i64 = matching().count().get_result(conn)?;
    let rows: Vec<Found> = by_name!(matching(), webhooks::webhook_id, false, window)
        .select(shown!())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let finish = |rows: Vec<Found>| rows.into_iter().map(webhook).collect();
    let position = |last: &Webhook| Position { value: None, name: last.webhook_id.to_string() };
    window::page(rows, window, total, finish, position)
}

pub(super) fn deliveries(
    conn: &mut AnyConnection,
    id: &WebhookId,
    window: &Window,
) -> Result<Page<Delivery>, Failure> {
    let of = || {
        webhook_deliveries::table
            .filter(webhook_deliveries::webhook_id.eq(id.to_string()))
            .into_boxed::<AnyBackend>()
    };
    let total: i64 = of().count().get_result(conn)?;
    let rows: Vec<DeliveryRow> = by_name!(of(), webhook_deliveries::delivery_id, true, window)
        .select(DeliveryRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let finish = |rows: Vec<DeliveryRow>| rows.into_iter().map(Delivery::try_from).collect();
    let position = |last: &Delivery| Position { value: None, name: storable(&last.delivery_id.to_string()) };
    window::page(rows, window, total, finish, position)
}
