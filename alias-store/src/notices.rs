//! Notices: what operators tell teams. Whom one is for is asked of the database whenever it is read.

mod audience;
mod read;
mod row;

use alias_core::audit::{Actor, ActorKind};
use alias_core::clock::Timestamp;
use alias_core::notice::{MAX_NOTICES, NewNotice, Notice, NoticeChange, NoticeId, TeamNotice};
use alias_core::repository::{Expected, NoticeQuery, NoticeRepository, Page, StoreError, Window};
use alias_core::team::{TeamId, TeamUid};
use async_trait::async_trait;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use self::audience::Addressed;
use self::row::NewRow;
use crate::audit::{Change, entry};
use crate::column::{storable, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::notices as n;
use crate::store::SqlStore;
use crate::{reference, teams, webhooks};

const KIND: &str = "notice";

fn existing(conn: &mut AnyConnection, id: &NoticeId) -> Result<Notice, Failure> {
    read::one(conn, id)?.ok_or_else(|| Failure::not_found(KIND, id))
}

/// The notice of an id, at the version that the writer expects.
fn expected(conn: &mut AnyConnection, id: &NoticeId, version: Expected) -> Result<Notice, Failure> {
    let notice = existing(conn, id)?;
    reference::check_version(KIND, id, notice.version, version)?;
    Ok(notice)
}

fn check_room(conn: &mut AnyConnection) -> Result<(), Failure> {
    let there: i64 = n::table.count().get_result(conn)?;
    if there < i64::from(MAX_NOTICES) {
        Ok(())
    } else {
        Err(StoreError::TooMany { kind: KIND, most: MAX_NOTICES }.into())
    }
}

/// Who wrote it, in words that other operators know.
fn author(by: &Actor) -> String {
    match &by.kind {
        ActorKind::Token { name, .. } => name.clone(),
        ActorKind::Account { email, .. } => email.clone(),
        other => other.as_str().to_owned(),
    }
}

fn create(
    conn: &mut AnyConnection,
    new: NewNotice,
    by: &Actor,
    now: Timestamp,
) -> Result<Change<Notice>, Failure> {
    check_room(conn)?;
    let addressed = Addressed::find(conn, new.alias.as_ref(), &new.audience)?;
    let id = NoticeId::new(Uuid::now_v7());
    diesel::insert_into(n::table)
        .values(NewRow::of(&id, &new, addressed.alias.as_deref(), author(by), now))
        .execute(conn)?;
    addressed.write(conn, &id)?;
    let notice = existing(conn, &id)?;
    let data = serde_json::to_value(TeamNotice::from(notice.clone()));
    let data: Value = data.map_err(|why| Failure::corrupt("an event to queue", why))?;
    let reached = addressed.teams(conn, now)?;
    webhooks::notice_published(conn, reached.as_deref(), &id.to_string(), &data, now)?;
    let entry = entry("notice.create", KIND, id, &(), &notice)?;
    Ok(Change::Made(notice, entry))
}

fn update(
    conn: &mut AnyConnection,
    id: &NoticeId,
    change: NoticeChange,
    version: Expected,
    now: Timestamp,
) -> Result<Change<Notice>, Failure> {
    let before = expected(conn, id, version)?;
    let to = change.audience.map(|to| to.of(&before)).transpose();
    let to = to.map_err(|why| Failure::Refused(StoreError::Invalid(why)))?;
    let audience = to.as_ref().map_or_else(|| before.audience.clone(), |to| to.as_str().to_owned());
    if let Some(to) = &to {
        let addressed = Addressed::find(conn, None, to)?;
        Addressed::forget(conn, id)?;
        addressed.write(conn, id)?;
    }
    let expires_at = change.expires_at.unwrap_or(before.expires_at);
    diesel::update(n::table.find(id.to_string()))
        .set((
            n::title.eq(storable(change.title.as_ref().unwrap_or(&before.title))),
            n::body.eq(storable(change.text.as_ref().unwrap_or(&before.text))),
            n::audience.eq(audience),
            n::expires_at.eq(expires_at.map(time)),
        ))
        .execute(conn)?;
    let after = existing(conn, id)?;
    if after == before {
        return Ok(Change::Nothing(before));
    }
    diesel::update(n::table.find(id.to_string()))
        .set((n::version.eq(n::version + 1), n::updated_at.eq(time(now))))
        .execute(conn)?;
    let after = existing(conn, id)?;
    let entry = entry("notice.update", KIND, id, &before, &after)?;
    Ok(Change::Made(after, entry))
}

#[async_trait]
impl NoticeRepository for SqlStore {
    async fn create(&self, new: NewNotice, by: &Actor) -> Result<Notice, StoreError> {
        let actor = by.clone();
        self.change_apart(by, move |conn, now| create(conn, new, &actor, now)).await
    }

    async fn reach_of(&self, new: &NewNotice) -> Result<u64, StoreError> {
        let (new, now) = (new.clone(), self.clock.now());
        self.read(move |conn| Addressed::find(conn, new.alias.as_ref(), &new.audience)?.reach(conn, now))
            .await
    }

    async fn find(&self, id: &NoticeId) -> Result<Option<(Notice, u64)>, StoreError> {
        let (id, now) = (*id, self.clock.now());
        self.read(move |conn| {
            let Some(notice) = read::one(conn, &id)? else { return Ok(None) };
            let reach = Addressed::read(conn, &id)?.reach(conn, now)?;
            Ok(Some((notice, reach)))
        })
        .await
    }

    async fn list(&self, query: &NoticeQuery) -> Result<Page<Notice>, StoreError> {
        let query = query.clone();
        self.read(move |conn| read::page(conn, &query)).await
    }

    async fn shown_to(&self, team: &TeamUid, window: &Window) -> Result<Page<Notice>, StoreError> {
        let (team, window, now) = (*team, window.clone(), self.clock.now());
        self.read(move |conn| read::shown_to(conn, &team, &window, now)).await
    }

    async fn shown_to_team(
        &self,
        team: &TeamId,
        window: &Window,
    ) -> Result<Option<Page<Notice>>, StoreError> {
        let (team, window, now) = (team.clone(), window.clone(), self.clock.now());
        self.read(move |conn| {
            let Some(team) = teams::live(conn, &team)? else { return Ok(None) };
            read::shown_to(conn, &team.uid, &window, now).map(Some)
        })
        .await
    }

    async fn update(
        &self,
        id: &NoticeId,
        change: NoticeChange,
        version: Expected,
        by: &Actor,
    ) -> Result<Notice, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, now| update(conn, &id, change, version, now)).await
    }

    async fn delete(&self, id: &NoticeId, version: Expected, by: &Actor) -> Result<Notice, StoreError> {
        let id = *id;
        self.change_apart(by, move |conn, _| {
            let before = expected(conn, &id, version)?;
            // Whom it names goes with it: the foreign keys say so.
            diesel::delete(n::table.find(id.to_string())).execute(conn)?;
            let entry = entry("notice.delete", KIND, id, &before, &())?;
            Ok(Change::Made(before, entry))
        })
        .await
    }
}
