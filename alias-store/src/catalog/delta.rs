//! What has changed since a revision, by the log that the database keeps of it.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::str::FromStr;

use alias_core::catalog::{Catalog, CatalogDelta, Gone, Mark, Revision};
use alias_core::key::KeyDigest;
use diesel::dsl::min;
use diesel::prelude::*;

use crate::budgets;
use crate::catalog::{aliases, digest, groups, keys, organizations, patiently, teams, tombstones};
use crate::column::{big, parse};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{catalogue_changes as changes, catalogue_marks as marks, team_keys};

/// How many revisions the log holds at least. Who has missed more reads everything.
const KEPT: i64 = 4096;
/// How far the log may reach back beyond that before a write cuts it.
const SLACK: i64 = 64;
/// The most rows that one write takes away from the log, which is more than a write leaves in it as a rule. What is left
/// to be taken away, the next writes take.
const CUT: i64 = 5_000;
/// From this many changed things on, to read everything is not much more, and one statement cannot name them.
const MOST: i64 = 5000;

/// The kind of a change that may have touched anything.
const ANYTHING: &str = "anything";

/// Sees to it that the log has something of this revision, which the unit of work before it has written: where no
/// trigger saw a change, anything may be different. Cuts the log now and then.
pub(crate) fn note(conn: &mut AnyConnection, revision: i64) -> Result<(), Failure> {
    let noted = changes::table.filter(changes::revision.eq(revision)).select(changes::revision).limit(1);
    if noted.first::<i64>(conn).optional()?.is_none() {
        let row = (changes::revision.eq(revision), changes::kind.eq(ANYTHING), changes::id.eq(""));
        on_each_backend!(conn, c => diesel::insert_into(changes::table).values(&row).execute(c))?;
    }
    cut(conn, revision - KEPT)
}

/// Takes away the oldest of what the log has of these revisions and earlier ones: so much at most. Of a revision that is
/// cut in two, it says "anything".
fn cut(conn: &mut AnyConnection, until: i64) -> Result<(), Failure> {
    let oldest: Option<i64> = changes::table.select(min(changes::revision)).first(conn)?;
    if oldest.is_none_or(|oldest| oldest > until - SLACK) {
        return Ok(());
    }
    let old = changes::table.filter(changes::revision.le(until)).filter(changes::kind.ne(ANYTHING));
    let old = old.order((changes::revision, changes::kind, changes::id)).offset(CUT).limit(1);
    // The first of those that have to wait.
    let next: Option<(i64, String, String)> = old.first(conn).optional()?;
    let below = next.as_ref().map_or(until, |next| next.0 - 1);
    diesel::delete(changes::table.filter(changes::revision.le(below))).execute(conn)?;
    // A mark lives as long as a delta from its revision: the changes after `below` are told to who knew `below`.
    diesel::delete(marks::table.filter(marks::revision.lt(below))).execute(conn)?;
    if let Some((revision, kind, id)) = next {
        let row = (changes::revision.eq(revision), changes::kind.eq(ANYTHING), changes::id.eq(""));
        on_each_backend!(conn, c => diesel::insert_into(changes::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(c))?;
        let before = changes::kind.lt(&kind).or(changes::kind.eq(&kind).and(changes::id.lt(&id)));
        let of_it = changes::table.filter(changes::revision.eq(revision).and(changes::kind.ne(ANYTHING)));
        diesel::delete(of_it.filter(before)).execute(conn)?;
    }
    Ok(())
}

/// What has changed from one revision to another; `None` where the log does not tell all of it.
pub(super) fn load(
    conn: &mut AnyConnection,
    since: Revision,
    revision: Revision,
    mark: &Mark,
) -> Result<Option<CatalogDelta>, Failure> {
    let (from, to) = (big(since.0), big(revision.0));
    let rows: Vec<(i64, String, String)> = changes::table
        .filter(changes::revision.gt(from).and(changes::revision.le(to)))
        .select((changes::revision, changes::kind, changes::id))
        .limit(MOST + 1)
        .load(conn)?;
    let revisions: HashSet<i64> = rows.iter().map(|row| row.0).collect();
    // Every revision left something: if one is missing, it was cut off, or the revision has leapt over it.
    let whole = to > from && i64::try_from(revisions.len()).is_ok_and(|found| found == to - from);
    if !whole || i64::try_from(rows.len()).is_ok_and(|rows| rows > MOST) {
        return Ok(None);
    }
    let mut touched: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, kind, id) in rows {
        touched.entry(kind).or_default().push(id);
    }
    for ids in touched.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
    if touched.keys().any(|kind| !KINDS.contains(&kind.as_str())) {
        return Ok(None);
    }
    read(conn, since, (revision, mark), &touched).map(Some)
}

/// What the log may say to have changed. Of models, only aliases tell; a digest is one that a key had.
const KINDS: [&str; 8] = ["alias", "group", "organization", "team", "key", "digest", "budget", "models"];

fn read(
    conn: &mut AnyConnection,
    since: Revision,
    (revision, mark): (Revision, &Mark),
    touched: &BTreeMap<String, Vec<String>>,
) -> Result<CatalogDelta, Failure> {
    patiently(conn)?;
    let of = |kind: &str| touched.get(kind).map_or(&[][..], Vec::as_slice);
    // Whether a budget counts, and for what, is said by what it is of: the keys that take its key's place, its alias.
    let mut budget_ids = of("budget").to_vec();
    if !of("key").is_empty() {
        budget_ids.extend(budgets::of_keys(conn, of("key"))?);
    }
    if !of("alias").is_empty() {
        budget_ids.extend(budgets::of_aliases(conn, of("alias"))?);
    }
    let all_aliases = touched.contains_key("models");
    let changed = Catalog {
        revision,
        mark: Some(mark.clone()),
        aliases: some(of("alias"), all_aliases, |only| aliases(conn, only))?,
        groups: some(of("group"), false, |only| groups(conn, only))?,
        organizations: some(of("organization"), false, |only| organizations(conn, only))?,
        teams: some(of("team"), false, |only| teams(conn, only))?,
        keys: some(of("key"), false, |only| keys(conn, only))?,
        budgets: some(&budget_ids, false, |only| budgets::catalogued(conn, only))?,
        tombstones: some(of("alias"), false, |only| tombstones(conn, only))?,
    };
    let gone = Gone {
        aliases: gone("model_aliases.id", of("alias"), changed.aliases.iter().map(|item| item.id))?,
        groups: gone("access_groups.id", of("group"), changed.groups.iter().map(|item| item.id))?,
        organizations: gone(
            "organizations.uid",
            of("organization"),
            changed.organizations.iter().map(|item| item.uid),
        )?,
        teams: gone("teams.uid", of("team"), changed.teams.iter().map(|item| item.uid))?,
        keys: gone_keys(conn, of("key"), of("digest"))?,
        budgets: gone("budgets.budget_id", &budget_ids, changed.budgets.iter().map(|item| item.id))?,
    };
    Ok(CatalogDelta { since, changed, gone })
}

/// Reads what is wanted: these, all, or without asking the database nothing.
fn some<T>(
    ids: &[String],
    all: bool,
    read: impl FnOnce(Option<&[String]>) -> Result<Vec<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    match ids {
        _ if all => read(None),
        [] => Ok(Vec::new()),
        ids => read(Some(ids)),
    }
}

/// Those that were asked for and are not there.
fn gone<I>(place: &'static str, asked: &[String], there: impl Iterator<Item = I>) -> Result<Vec<I>, Failure>
where
    I: Display + FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let there: HashSet<String> = there.map(|id| id.to_string()).collect();
    asked.iter().filter(|id| !there.contains(*id)).map(|id| parse(place, id)).collect()
}

/// The digests of those that were revoked, and those that keys had before. A key whose row went with its team is not
/// found, and works no more.
fn gone_keys(
    conn: &mut AnyConnection,
    asked: &[String],
    replaced: &[String],
) -> Result<Vec<KeyDigest>, Failure> {
    let mut gone: Vec<Vec<u8>> = Vec::new();
    for hex in replaced {
        gone.push(hex::decode(hex).map_err(|why| Failure::corrupt("catalogue_changes.id", why))?);
    }
    if !asked.is_empty() {
        let rows = team_keys::table
            .filter(team_keys::key_id.eq_any(asked))
            .filter(team_keys::revoked_at.is_not_null());
        gone.extend(rows.select(team_keys::digest).load::<Vec<u8>>(conn)?);
    }
    gone.iter().map(|bytes| digest(bytes)).collect()
}
