//! Notices as rows.

use alias_core::clock::Timestamp;
use alias_core::notice::{NewNotice, Notice, NoticeId};
use alias_core::organization::OrganizationId;
use alias_core::team::TeamId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::column::{moment, parse, storable, time, version, word};
use crate::error::Failure;
use crate::schema::notices;

/// A new notice's row.
#[derive(Insertable)]
#[diesel(table_name = notices, treat_none_as_default_value = false)]
pub(super) struct NewRow {
    notice_id: String,
    kind: &'static str,
    alias_id: Option<String>,
    alias: Option<String>,
    title: String,
    body: String,
    audience: &'static str,
    expires_at: Option<NaiveDateTime>,
    version: i32,
    created_by: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl NewRow {
    pub(super) fn of(
        id: &NoticeId,
        new: &NewNotice,
        alias: Option<&str>,
        by: String,
        now: Timestamp,
    ) -> Self {
        Self {
            notice_id: id.to_string(),
            kind: new.kind.as_str(),
            alias_id: alias.map(str::to_owned),
            alias: new.alias.as_ref().map(ToString::to_string),
            title: storable(&new.title),
            body: storable(&new.text),
            audience: new.audience.as_str(),
            expires_at: new.expires_at.map(time),
            version: 1,
            created_by: storable(&by),
            created_at: time(now),
            updated_at: time(now),
        }
    }
}

/// A notice's row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = notices)]
pub(super) struct NoticeRow {
    pub(super) notice_id: String,
    kind: String,
    alias: Option<String>,
    title: String,
    body: String,
    audience: String,
    expires_at: Option<NaiveDateTime>,
    version: i32,
    created_by: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl NoticeRow {
    /// The notice that names these.
    pub(super) fn of(
        self,
        teams: Vec<TeamId>,
        organizations: Vec<OrganizationId>,
    ) -> Result<Notice, Failure> {
        Ok(Notice {
            notice_id: parse("notices.notice_id", &self.notice_id)?,
            kind: word("notices.kind", &self.kind)?,
            alias: self.alias.map(|name| parse("notices.alias", &name)).transpose()?,
            title: self.title,
            text: self.body,
            audience: self.audience,
            team_ids: teams,
            organization_ids: organizations,
            expires_at: self.expires_at.map(moment),
            created_by: self.created_by,
            version: version("notices.version", self.version)?,
            created_at: moment(self.created_at),
            updated_at: moment(self.updated_at),
        })
    }
}
