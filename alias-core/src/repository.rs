//! How the catalogue is kept, as seen by those who need it kept: one small trait per aggregate.
//!
//! Every method is one unit of work. A write is one transaction that holds the change, its audit entry and
//! the raised revision; it outlives no call. Look-ups answer `Ok(None)` for what is not there, writes
//! [`StoreError::NotFound`].

use async_trait::async_trait;
use serde::Serialize;

use crate::alias::{AliasChange, AliasDetails, AliasName, ModelAlias, NewAlias};
use crate::audit::Actor;
use crate::catalog::Revision;
use crate::clock::Timestamp;
use crate::group::{GroupChange, GroupDetails, GroupName, GroupSummary, MembersChanged, NewGroup};
use crate::key::{KeyId, NewKey, TeamKey};
use crate::organization::{
    CreatedOrganization, NewOrganization, OrganizationChange, OrganizationDetails, OrganizationId,
    OrganizationSummary, Standing,
};
use crate::team::{NewTeam, TeamChange, TeamDetails, TeamId, TeamSummary};
use crate::usage::{Denials, InstanceId, UsageEvent};

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The object is not there.
    #[error("{kind} `{name}` was not found")]
    NotFound {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Another object has the name.
    #[error("{kind} `{name}` already exists")]
    AlreadyExists {
        /// What kind of object.
        kind: &'static str,
        /// Its name, in the spelling of the existing one.
        name: String,
    },
    /// Names in the input that nothing has. All of them, so that one answer is enough.
    #[error("{kind} not found: {}", names.join(", "))]
    UnknownReference {
        /// What kind of object.
        kind: &'static str,
        /// The field that named them.
        field: &'static str,
        /// The names.
        names: Vec<String>,
        /// Names that exist and are near, for "did you mean".
        suggestions: Vec<String>,
    },
    /// The object was changed since the caller read it.
    #[error("{kind} `{name}` was changed meanwhile: it is at version {current}")]
    Conflict {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Its version now.
        current: u32,
    },
    /// The object is still needed by others.
    #[error("{kind} `{name}` is in use")]
    InUse {
        /// What kind of object.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The storage cannot be reached, or is too busy. Nothing was changed.
    #[error("the storage is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The storage holds what cannot be read.
    #[error("the storage holds invalid data")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A written object and the catalogue revision that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// The object, as it is now.
    pub value: T,
    /// The revision that the write produced; the present one where nothing had to change.
    pub revision: Revision,
}

/// The version that a writer expects (`If-Match`); `None` writes whatever is there.
pub type Expected = Option<u32>;

/// A part of a list and where the next one starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// How many match in all.
    pub total: u64,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Position>,
}

/// The place in a list after which a page starts: the sort value and the folded name of the last object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Position {
    /// The sort value of the last object, as its column holds it (absent when sorted by name).
    pub value: Option<String>,
    /// Its name in lower case.
    pub name: String,
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The most objects, 1 to 1,000.
    pub limit: u32,
    /// Where to start: after a position, or after a number of objects.
    pub start: Start,
}

/// Where a [`Window`] starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the first object.
    First,
    /// After this position.
    After(Position),
    /// After this many objects.
    Offset(u64),
}

impl Default for Window {
    fn default() -> Self {
        Self { limit: 1_000, start: Start::First }
    }
}

/// What aliases can be sorted by; ties go by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AliasSort {
    /// By name.
    #[default]
    Alias,
    /// By target.
    LitellmModel,
    /// By number of calls.
    UsageCount,
    /// By creation.
    CreatedAt,
    /// By last change.
    UpdatedAt,
}

/// Which aliases to list. Filters combine with "and".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AliasQuery {
    /// Only enabled, or only disabled ones.
    pub active: Option<bool>,
    /// Only those whose target has this provider.
    pub provider: Option<String>,
    /// Only members of this group.
    pub access_group: Option<GroupName>,
    /// Only those that this team can reach through an active group.
    pub team: Option<TeamId>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those not called since.
    pub unused_since: Option<Timestamp>,
    /// Only those with this text in name, target or description, ignoring ASCII case.
    pub q: Option<String>,
    /// What to sort by.
    pub sort: AliasSort,
    /// From the last to the first.
    pub descending: bool,
    /// Which part.
    pub window: Window,
}

/// Which organizations, groups or teams to list, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameQuery {
    /// Only those with this text in name or description, ignoring ASCII case.
    pub q: Option<String>,
    /// From the last to the first.
    pub descending: bool,
    /// Which part.
    pub window: Window,
}

/// Which teams to list, sorted by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TeamQuery {
    /// Only those of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Only those of this standing.
    pub status: Option<Standing>,
    /// The rest.
    pub names: NameQuery,
}

/// A deleted alias, and what went with it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletedAlias {
    /// The alias as it was.
    pub alias: ModelAlias,
    /// The groups that held it.
    pub removed_from_access_groups: Vec<GroupName>,
    /// Distinct teams that held an active one of these: those that had access.
    pub teams_affected: u64,
    /// Until when it can be brought back.
    pub restorable_until: Timestamp,
}

/// Model aliases.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AliasRepository: Send + Sync {
    /// Stores a new alias as version 1 and adds it to its groups.
    ///
    /// # Errors
    /// `AlreadyExists` if a live alias has the name, `UnknownReference` for groups that do not exist.
    async fn create(&self, new: NewAlias, by: &Actor) -> Result<Written<AliasDetails>, StoreError>;

    /// The live alias of a name, ignoring case.
    async fn find(&self, name: &AliasName) -> Result<Option<AliasDetails>, StoreError>;

    /// A page of live aliases.
    async fn list(&self, query: &AliasQuery) -> Result<Page<AliasDetails>, StoreError>;

    /// Applies a change and appends a version; a change that changes nothing appends none.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version.
    async fn update(
        &self,
        name: &AliasName,
        change: AliasChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError>;

    /// Deletes the alias and takes it out of all groups. Its versions and usage stay under its id.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not at the expected version.
    async fn delete(
        &self,
        name: &AliasName,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<DeletedAlias>, StoreError>;
}

/// Access groups.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GroupRepository: Send + Sync {
    /// Stores a new group with its first members, all or nothing.
    ///
    /// # Errors
    /// `AlreadyExists`; `UnknownReference` for aliases that do not exist.
    async fn create(&self, new: NewGroup, by: &Actor) -> Result<Written<GroupDetails>, StoreError>;

    /// The group of a name, ignoring case.
    async fn find(&self, name: &GroupName) -> Result<Option<GroupDetails>, StoreError>;

    /// A page of groups.
    async fn list(&self, query: &NameQuery) -> Result<Page<GroupSummary>, StoreError>;

    /// Applies a change; members are replaced where given.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `UnknownReference` for aliases that do not exist.
    async fn update(
        &self,
        name: &GroupName,
        change: GroupChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError>;

    /// Adds members, all or nothing; members that are there already are no error.
    ///
    /// # Errors
    /// `NotFound`; `UnknownReference` for aliases that do not exist.
    async fn add_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError>;

    /// Takes members out; names that are no members, or no aliases, are no error.
    ///
    /// # Errors
    /// `NotFound`.
    async fn remove_models(
        &self,
        name: &GroupName,
        aliases: &[AliasName],
        by: &Actor,
    ) -> Result<Written<MembersChanged>, StoreError>;

    /// Deletes the group; teams lose it. With `if_unused`, only where no team holds it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `InUse`.
    async fn delete(
        &self,
        name: &GroupName,
        if_unused: bool,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<GroupDetails>, StoreError>;
}

/// Organizations.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrganizationRepository: Send + Sync {
    /// Stores a new organization, with a first team and its key where one is given: all, or nothing.
    ///
    /// # Errors
    /// `AlreadyExists`, of the organization or of the team; `UnknownReference` for the team's groups.
    async fn create(
        &self,
        new: NewOrganization,
        team: Option<(NewTeam, NewKey)>,
        by: &Actor,
    ) -> Result<Written<CreatedOrganization>, StoreError>;

    /// The organization of an id, ignoring case.
    async fn find(&self, id: &OrganizationId) -> Result<Option<OrganizationDetails>, StoreError>;

    /// A page of organizations.
    async fn list(&self, query: &NameQuery) -> Result<Page<OrganizationSummary>, StoreError>;

    /// Applies a change.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn update(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError>;

    /// Deletes the organization with its teams and their keys. Their usage stays.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(
        &self,
        id: &OrganizationId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError>;
}

/// Teams.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TeamRepository: Send + Sync {
    /// Stores a new team with its first key.
    ///
    /// # Errors
    /// `AlreadyExists`; `UnknownReference` for an organization or groups that do not exist.
    async fn create(&self, new: NewTeam, key: NewKey, by: &Actor)
    -> Result<Written<TeamDetails>, StoreError>;

    /// The team of an id, ignoring case.
    async fn find(&self, id: &TeamId) -> Result<Option<TeamDetails>, StoreError>;

    /// A page of teams.
    async fn list(&self, query: &TeamQuery) -> Result<Page<TeamSummary>, StoreError>;

    /// Applies a change; groups are replaced where given.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`; `UnknownReference` for groups that do not exist.
    async fn update(
        &self,
        id: &TeamId,
        change: TeamChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError>;

    /// Deletes the team with its keys. Its usage stays.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(
        &self,
        id: &TeamId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError>;
}

/// Keys of teams.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KeyRepository: Send + Sync {
    /// Stores a new key of a team.
    ///
    /// # Errors
    /// `NotFound` if there is no such team.
    async fn create(&self, team: &TeamId, key: NewKey, by: &Actor) -> Result<Written<TeamKey>, StoreError>;

    /// The keys of a team that are not revoked, oldest first; `None` if there is no such team.
    async fn list(&self, team: &TeamId) -> Result<Option<Vec<TeamKey>>, StoreError>;

    /// Stores `new` beside the key `old`, which stops working at `old_ends` (at once, where that is now).
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such live key.
    async fn rotate(
        &self,
        team: &TeamId,
        old: &KeyId,
        new: NewKey,
        old_ends: Timestamp,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError>;

    /// Revokes a key for ever.
    ///
    /// # Errors
    /// `NotFound` if there is no such team, or it has no such key.
    async fn revoke(&self, team: &TeamId, key: &KeyId, by: &Actor) -> Result<Written<TeamKey>, StoreError>;
}

/// What shipping did with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipped {
    /// The batch is in the books.
    Stored,
    /// The books stood elsewhere (a repeated or reordered batch): nothing was changed; go on from here.
    ContinueFrom(u64),
}

/// Where settled calls go: the append-only log and its roll-ups.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UsageRepository: Send + Sync {
    /// Announces an instance and tells the sequence number that its next batch starts with.
    ///
    /// `boot` counts the starts on the instance's folder. It is compared and set: where the database has seen
    /// a later or equal start (the folder is a copy, or was restored), the answer is `Conflict` and the caller takes a new id.
    async fn announce(&self, instance: InstanceId, boot: u64) -> Result<u64, StoreError>;

    /// Stores the events numbered from `first_seq` on, once: the instance's `shipped_seq` is compared and set in the
    /// same transaction that inserts them and raises the roll-ups.
    async fn ship(
        &self,
        instance: InstanceId,
        first_seq: u64,
        events: &[UsageEvent],
    ) -> Result<Shipped, StoreError>;

    /// Adds refusals to the roll-ups.
    async fn add_denials(&self, denials: &[Denials]) -> Result<(), StoreError>;
}

/// A request that may be repeated: who sent what, under which key of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// Digest of caller, method, path and `Idempotency-Key`.
    pub scope: [u8; 32],
    /// Digest of the body.
    pub body: [u8; 32],
}

/// The answer that a repetition gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location` and `ETag`, as sent.
    pub headers: Vec<(String, String)>,
    /// The body, without secrets.
    pub body: String,
}

/// What is known about a request that may be a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The first: go ahead, then record the answer.
    First,
    /// Answered before: this.
    Answered(RecordedAnswer),
    /// The same is under way.
    InProgress,
    /// The same was begun a while ago and never answered: nobody knows whether it was done.
    Unanswered,
    /// The key was used for another body.
    OtherBody,
}

/// Answers to requests with an `Idempotency-Key`, kept for 24 hours.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdempotencyRepository: Send + Sync {
    /// Claims the request. A claim without an answer after 60 s belongs to a process that died, before or after
    /// it did the work: it is `Unanswered` for the rest of the 24 hours, so that nothing is silently done twice.
    async fn begin(&self, request: &IdempotentRequest) -> Result<Attempt, StoreError>;

    /// Records the answer (`None`: it failed on our side; the claim is dropped, a repetition is a first).
    async fn finish(
        &self,
        request: &IdempotentRequest,
        answer: Option<RecordedAnswer>,
    ) -> Result<(), StoreError>;
}
