//! Access groups and their members.

mod read;

use alias_core::alias::AliasName;
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::group::{
    AccessGroup, GroupChange, GroupDetails, GroupId, GroupName, GroupSummary, MembersChanged, NewGroup,
};
use alias_core::repository::{Expected, GroupRepository, NameQuery, Page, StoreError, Written};
use async_trait::async_trait;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

pub(crate) use read::{all, live, member_ids};

use crate::audit::{Change, entry};
use crate::column::{searchable, time};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::memberships;
use crate::reference::{self, Found};
use crate::schema::access_groups;
use crate::store::SqlStore;

pub(crate) const KIND: &str = "access group";
const OBJECT: &str = "access_group";
/// The field that names members.
const MEMBERS: &str = "model_aliases";

/// What the audit log says of a group.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    group: &'a AccessGroup,
    model_aliases: Vec<&'a AliasName>,
}

fn recorded(details: &GroupDetails) -> Recorded<'_> {
    Recorded {
        group: &details.group,
        model_aliases: details.members.iter().map(|member| &member.alias).collect(),
    }
}

/// The group of a name, at the version that the writer expects.
fn expected_live(
    conn: &mut AnyConnection,
    name: &GroupName,
    expected: Expected,
) -> Result<GroupDetails, Failure> {
    let group = read::live(conn, name)?.ok_or_else(|| Failure::not_found(KIND, name))?;
    reference::check_version(KIND, &group.group_name, group.version, expected)?;
    read::details(conn, group)
}

fn insert(conn: &mut AnyConnection, group: &AccessGroup) -> Result<(), Failure> {
    diesel::insert_into(access_groups::table)
        .values((
            access_groups::id.eq(group.id.to_string()),
            access_groups::group_name.eq(group.group_name.as_str()),
            access_groups::folded.eq(group.group_name.folded()),
            access_groups::description.eq(&group.description),
            access_groups::display_name.eq(&group.display_name),
            access_groups::active.eq(group.active),
            access_groups::version.eq(group.version.cast_signed()),
            access_groups::search.eq(search(group)),
            access_groups::created_at.eq(time(group.created_at)),
            access_groups::updated_at.eq(time(group.updated_at)),
        ))
        .execute(conn)
        .named(KIND, group.group_name.as_str())?;
    Ok(())
}

fn search(group: &AccessGroup) -> String {
    searchable(&[group.group_name.as_str(), &group.description])
}

/// Stores what changed of `before`, as its next version, and tells it all.
fn save(
    conn: &mut AnyConnection,
    before: &GroupDetails,
    changed: AccessGroup,
    now: Timestamp,
    action: &'static str,
) -> Result<(GroupDetails, alias_core::audit::AuditEntry), Failure> {
    let group = AccessGroup { version: before.group.version + 1, updated_at: now, ..changed };
    diesel::update(access_groups::table.find(group.id.to_string()))
        .set((
            access_groups::description.eq(&group.description),
            access_groups::display_name.eq(&group.display_name),
            access_groups::active.eq(group.active),
            access_groups::version.eq(group.version.cast_signed()),
            access_groups::search.eq(search(&group)),
            access_groups::updated_at.eq(time(now)),
        ))
        .execute(conn)?;
    let after = read::details(conn, group)?;
    let entry = entry(action, OBJECT, &after.group.group_name, &recorded(before), &recorded(&after))?;
    Ok((after, entry))
}

/// Makes `wanted` the members of a group; answers whether any changed.
fn replace_members(
    conn: &mut AnyConnection,
    group: &str,
    wanted: &[Found<AliasName>],
) -> Result<bool, Failure> {
    let present = read::member_ids(conn, group)?;
    let wanted: std::collections::HashSet<String> = wanted.iter().map(|alias| alias.id.clone()).collect();
    let added: Vec<String> = wanted.difference(&present).cloned().collect();
    let removed: Vec<String> = present.difference(&wanted).cloned().collect();
    memberships::add_members(conn, group, &added)?;
    memberships::remove_members(conn, group, &removed)?;
    Ok(!added.is_empty() || !removed.is_empty())
}

fn changed(group: &AccessGroup, change: GroupChange) -> AccessGroup {
    let group = group.clone();
    AccessGroup {
        description: change.description.unwrap_or(group.description),
        display_name: change.display_name.unwrap_or(group.display_name),
        active: change.active.unwrap_or(group.active),
        ..group
    }
}

pub(crate) fn create(
    conn: &mut AnyConnection,
    now: Timestamp,
    new: NewGroup,
) -> Result<Change<GroupDetails>, Failure> {
    if let Some(existing) = read::live(conn, &new.group_name)? {
        return Err(Failure::already_exists(KIND, existing.group_name));
    }
    let members = reference::aliases(conn, MEMBERS, &new.model_aliases)?;
    let group = AccessGroup {
        id: GroupId::new(Uuid::now_v7()),
        group_name: new.group_name,
        description: new.description,
        display_name: new.display_name,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    insert(conn, &group)?;
    replace_members(conn, &group.id.to_string(), &members)?;
    let after = read::details(conn, group)?;
    let entry = entry("group.create", OBJECT, &after.group.group_name, &(), &recorded(&after))?;
    Ok(Change::Made(after, entry))
}

pub(crate) fn update(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &GroupName,
    change: GroupChange,
    expected: Expected,
) -> Result<Change<GroupDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let members_changed = match &change.model_aliases {
        Some(names) => {
            let wanted = reference::aliases(conn, MEMBERS, names)?;
            replace_members(conn, &before.group.id.to_string(), &wanted)?
        }
        None => false,
    };
    let group = changed(&before.group, change);
    if !members_changed && group == before.group {
        return Ok(Change::Nothing(before));
    }
    let (after, entry) = save(conn, &before, group, now, "group.update")?;
    Ok(Change::Made(after, entry))
}

pub(crate) fn add_models(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &GroupName,
    aliases: &[AliasName],
) -> Result<Change<MembersChanged>, Failure> {
    let before = expected_live(conn, name, None)?;
    let id = before.group.id.to_string();
    let present = read::member_ids(conn, &id)?;
    let (there, new): (Vec<_>, Vec<_>) = reference::aliases(conn, MEMBERS, aliases)?
        .into_iter()
        .partition(|alias| present.contains(&alias.id));
    let unchanged = there.into_iter().map(|alias| alias.name).collect();
    if new.is_empty() {
        return Ok(Change::Nothing(MembersChanged { details: before, changed: Vec::new(), unchanged }));
    }
    let ids: Vec<String> = new.iter().map(|alias| alias.id.clone()).collect();
    memberships::add_members(conn, &id, &ids)?;
    let (details, entry) = save(conn, &before, before.group.clone(), now, "group.add_models")?;
    Ok(Change::Made(MembersChanged { details, changed: new_names(new), unchanged }, entry))
}

pub(crate) fn remove_models(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &GroupName,
    aliases: Vec<AliasName>,
) -> Result<Change<MembersChanged>, Failure> {
    let before = expected_live(conn, name, None)?;
    let id = before.group.id.to_string();
    let present = read::member_ids(conn, &id)?;
    let mut known = reference::known_aliases(conn, &aliases)?;
    let (mut gone, mut unchanged) = (Vec::new(), Vec::new());
    for alias in aliases {
        match known.remove(&alias.folded()) {
            Some(found) if present.contains(&found.id) => gone.push(found),
            Some(found) => unchanged.push(found.name),
            None => unchanged.push(alias),
        }
    }
    if gone.is_empty() {
        return Ok(Change::Nothing(MembersChanged { details: before, changed: Vec::new(), unchanged }));
    }
    let ids: Vec<String> = gone.iter().map(|alias| alias.id.clone()).collect();
    memberships::remove_members(conn, &id, &ids)?;
    let (details, entry) = save(conn, &before, before.group.clone(), now, "group.remove_models")?;
    Ok(Change::Made(MembersChanged { details, changed: new_names(gone), unchanged }, entry))
}

pub(crate) fn delete(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &GroupName,
    if_unused: bool,
    expected: Expected,
) -> Result<Change<GroupDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    if if_unused && !before.teams.is_empty() {
        let name = before.group.group_name.to_string();
        return Err(StoreError::InUse { kind: KIND, name }.into());
    }
    let id = before.group.id.to_string();
    memberships::touch_holders(conn, &id, now)?;
    diesel::delete(access_groups::table.find(id)).execute(conn)?;
    let entry = entry("group.delete", OBJECT, &before.group.group_name, &recorded(&before), &())?;
    Ok(Change::Made(before, entry))
}

#[async_trait]
impl GroupRepository for SqlStore {
    async fn create(&self, new: NewGroup, by: &Actor) -> Result<Written<GroupDetails>, StoreError> {
        self.change(by, move |conn, now| create(conn, now, new)).await
    }

    async fn find(&self, name: &GroupName) -> Result<Option<GroupDetails>, StoreError> {
        let name = name.clone();
        self.read(move |conn| read::live(conn, &name)?.map(|group| read::details(conn, group)).transpose())
            .await
    }

    async fn list(&self, query: &NameQuery) -> Result<Page<GroupSummary>, StoreError> {
        let query = query.clone();
        self.read(move |conn| read::page(conn, &query)).await
    }

    async fn update(
        &self,
        name: &GroupName,
        change: GroupChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError> {
        let name = name.clone();
        self.change(by, move |conn, now| update(conn, now, &name, change, expected)).await
    }

    async fn add_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError> {
        let (name, aliases) = (name.clone(), aliases.to_vec());
        self.change(by, move |conn, now| add_models(conn, now, &name, &aliases)).await
    }

    async fn remove_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError> {
        let (name, aliases) = (name.clone(), aliases.to_vec());
        self.change(by, move |conn, now| remove_models(conn, now, &name, aliases)).await
    }

    async fn delete(
        &self,
        name: &GroupName,
        if_unused: bool,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError> {
        let name = name.clone();
        self.change(by, move |conn, now| delete(conn, now, &name, if_unused, expected)).await
    }
}

fn new_names(found: Vec<Found<AliasName>>) -> Vec<AliasName> {
    found.into_iter().map(|alias| alias.name).collect()
}
