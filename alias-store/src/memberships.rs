//! Which aliases are in which groups, and which teams hold these: the rows that grant.

use alias_core::clock::Timestamp;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::column::{CHUNK, count, time};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{access_groups, deleted_memberships, group_aliases, team_groups, teams};

#[derive(Insertable)]
#[diesel(table_name = group_aliases)]
struct MemberRow<'a> {
    group_id: &'a str,
    alias_id: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = deleted_memberships)]
struct LeftRow<'a> {
    alias_id: &'a str,
    group_id: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = team_groups)]
struct GrantRow<'a> {
    team_uid: &'a str,
    group_id: &'a str,
}

/// Adds a new alias to groups, whose versions rise by that.
pub(crate) fn enter_groups(
    conn: &mut AnyConnection,
    alias: &str,
    groups: &[String],
    now: Timestamp,
) -> Result<(), Failure> {
    insert_members(conn, groups.iter().map(|group| (group.as_str(), alias)))?;
    touch_groups(conn, groups, now)
}

/// Takes an alias out of all groups, and notes them for [`reenter_groups`]; answers how many distinct teams held an active one of these.
pub(crate) fn leave_groups(conn: &mut AnyConnection, alias: &str, now: Timestamp) -> Result<u64, Failure> {
    let held = group_aliases::table.filter(group_aliases::alias_id.eq(alias));
    let groups: Vec<String> = held.select(group_aliases::group_id).load(conn)?;
    let active = held.inner_join(access_groups::table).filter(access_groups::active.eq(true));
    let affected = team_groups::table
        .filter(team_groups::group_id.eq_any(active.select(group_aliases::group_id)))
        .select(sql::<BigInt>("COUNT(DISTINCT team_groups.team_uid)"))
        .get_result::<i64>(conn)?;
    diesel::delete(group_aliases::table.filter(group_aliases::alias_id.eq(alias))).execute(conn)?;
    note_left(conn, alias, &groups)?;
    touch_groups(conn, &groups, now)?;
    Ok(count(affected))
}

fn note_left(conn: &mut AnyConnection, alias: &str, groups: &[String]) -> Result<(), Failure> {
    let rows: Vec<LeftRow<'_>> =
        groups.iter().map(|group_id| LeftRow { alias_id: alias, group_id }).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(deleted_memberships::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Puts an alias that was deleted back into the groups that held it and are still there.
pub(crate) fn reenter_groups(conn: &mut AnyConnection, alias: &str, now: Timestamp) -> Result<(), Failure> {
    let left = deleted_memberships::table.filter(deleted_memberships::alias_id.eq(alias));
    let groups: Vec<String> = left.select(deleted_memberships::group_id).load(conn)?;
    diesel::delete(left).execute(conn)?;
    enter_groups(conn, alias, &groups, now)
}

/// Adds aliases to a group that does not hold them.
pub(crate) fn add_members(conn: &mut AnyConnection, group: &str, aliases: &[String]) -> Result<(), Failure> {
    insert_members(conn, aliases.iter().map(|alias| (group, alias.as_str())))
}

/// Takes aliases out of a group.
pub(crate) fn remove_members(
    conn: &mut AnyConnection,
    group: &str,
    aliases: &[String],
) -> Result<(), Failure> {
    for chunk in aliases.chunks(CHUNK) {
        let gone = group_aliases::table
            .filter(group_aliases::group_id.eq(group))
            .filter(group_aliases::alias_id.eq_any(chunk));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}

fn insert_members<'a>(
    conn: &mut AnyConnection,
    members: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), Failure> {
    let rows: Vec<MemberRow<'_>> =
        members.map(|(group_id, alias_id)| MemberRow { group_id, alias_id }).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(group_aliases::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Gives a team exactly these groups.
pub(crate) fn replace_grants(conn: &mut AnyConnection, team: &str, groups: &[String]) -> Result<(), Failure> {
    diesel::delete(team_groups::table.filter(team_groups::team_uid.eq(team))).execute(conn)?;
    let rows: Vec<GrantRow<'_>> =
        groups.iter().map(|group_id| GrantRow { team_uid: team, group_id }).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(team_groups::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn touch_groups(conn: &mut AnyConnection, groups: &[String], now: Timestamp) -> Result<(), Failure> {
    for chunk in groups.chunks(CHUNK) {
        diesel::update(access_groups::table.filter(access_groups::id.eq_any(chunk)))
            .set((
                access_groups::version.eq(access_groups::version + 1),
                access_groups::updated_at.eq(time(now)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Raises the versions of the teams that are about to lose a group.
pub(crate) fn touch_holders(conn: &mut AnyConnection, group: &str, now: Timestamp) -> Result<(), Failure> {
    let holders = team_groups::table.filter(team_groups::group_id.eq(group)).select(team_groups::team_uid);
    diesel::update(teams::table.filter(teams::uid.eq_any(holders)))
        .set((teams::version.eq(teams::version + 1), teams::updated_at.eq(time(now))))
        .execute(conn)?;
    Ok(())
}
