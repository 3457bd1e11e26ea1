//! Whether who acts still may, at the moment when his write counts.

use alias_core::audit::{Actor, ActorKind};
use alias_core::clock::Timestamp;
use alias_core::repository::StoreError;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::sessions;
use crate::column::time;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{accounts, admin_tokens};

/// Refuses a write of somebody whose token, session or role went since he was let in: between that and the write lie
/// his body, which may take its time, and the queues before the database.
pub(crate) fn check(conn: &mut AnyConnection, by: &Actor, now: Timestamp) -> Result<(), Failure> {
    let stands = match &by.kind {
        ActorKind::Local => !any(conn)?,
        ActorKind::Token { id, .. } => {
            let ends_later = admin_tokens::expires_at.is_null().or(admin_tokens::expires_at.gt(time(now)));
            let token = admin_tokens::table.find(id.as_str()).filter(admin_tokens::revoked_at.is_null());
            diesel::select(exists(token.filter(ends_later.assume_not_null()))).get_result(conn)?
        }
        ActorKind::Account { role, .. } => match &by.session {
            Some(session) => sessions::live(conn, &session.digest, now)?.is_some_and(|found| {
                let organization = found.authority.organization.map(|home| home.uid);
                (found.authority.role, organization) == (*role, session.organization)
            }),
            None => true,
        },
        _ => true,
    };
    if stands { Ok(()) } else { Err(StoreError::ActorRevoked.into()) }
}

/// Whether there is an account, or a token that works.
pub(super) fn any(conn: &mut AnyConnection) -> Result<bool, Failure> {
    let tokens = admin_tokens::table.filter(admin_tokens::revoked_at.is_null());
    Ok(diesel::select(exists(accounts::table.select(accounts::user_id))).get_result(conn)?
        || diesel::select(exists(tokens)).get_result(conn)?)
}
