//! A store of its own for each test, and a way to look behind it.

use std::io::Write;
use std::sync::{Arc, Once};

use alias_core::alias::{AliasDraft, AliasName, ModelAlias};
use alias_core::audit::Actor;
use alias_core::clock::Clock;
use alias_core::group::{GroupDraft, GroupName};
use alias_core::key::NewKey;
use alias_core::organization::OrganizationDraft;
use alias_core::repository::{
    AliasRepository, GroupRepository, OrganizationRepository, TeamRepository, Window,
};
use alias_core::team::{TeamDetails, TeamDraft, TeamId};
use alias_core::testing::FixedClock;
use alias_store::{DatabaseUrl, SqlStore};
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

/// Where a test may create PostgreSQL databases.
const SERVER: &str = "ALIAS_TEST_POSTGRES_URL";

/// Runs each of these tests on every database.
macro_rules! on_each_database {
    ($(async fn $name:ident($world:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($world: &$crate::world::World) $body

            #[test]
            fn sqlite() {
                let (runtime, place) = $crate::world::sqlite();
                runtime.block_on(async { check(&$crate::world::World::open(place).await).await });
            }

            #[test]
            fn postgres() {
                if let Some((runtime, place)) = $crate::world::postgres() {
                    runtime.block_on(async { check(&$crate::world::World::open(place).await).await });
                }
            }
        }
    )+};
}
pub(crate) use on_each_database;

/// An empty database that goes away with the test.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Postgres { server: String, name: String },
}

impl Place {
    pub(crate) fn url(&self) -> DatabaseUrl {
        match self {
            Self::Sqlite(folder) => DatabaseUrl::sqlite(folder.path().join("made/aliases.db")),
            Self::Postgres { server, name } => in_database(server, name).parse().unwrap(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            let mut conn = PgConnection::establish(server).unwrap();
            conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        }
    }
}

/// The server's URL with another database.
fn in_database(server: &str, name: &str) -> String {
    let (head, parameters) =
        server.split_once('?').map_or((server, String::new()), |(h, p)| (h, format!("?{p}")));
    let (base, _) = head.rsplit_once('/').unwrap();
    format!("{base}/{name}{parameters}")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) fn sqlite() -> (tokio::runtime::Runtime, Place) {
    (runtime(), Place::Sqlite(tempfile::tempdir().unwrap()))
}

pub(crate) fn postgres() -> Option<(tokio::runtime::Runtime, Place)> {
    postgres_place().map(|place| (runtime(), place))
}

/// An empty PostgreSQL database, where there is a server.
pub(crate) fn postgres_place() -> Option<Place> {
    static SAID: Once = Once::new();
    let Ok(server) = std::env::var(SERVER) else {
        // Past the capture of passing tests: who reads the results must see it.
        SAID.call_once(|| {
            let line = format!("PostgreSQL: NOT RUN, because {SERVER} is not set\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
        });
        return None;
    };
    let name = format!("alias_test_{}", uuid::Uuid::now_v7().as_simple());
    let mut conn = PgConnection::establish(&server).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(Place::Postgres { server, name })
}

/// A store on an empty database.
pub(crate) struct World {
    pub(crate) store: SqlStore,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) place: Place,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl World {
    pub(crate) async fn open(place: Place) -> Self {
        let clock = Arc::new(FixedClock::default());
        let store = SqlStore::open(&place.url(), 4, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        Self { store, clock, place }
    }

    /// Another store on the same database, as another replica has it.
    pub(crate) async fn replica(&self) -> SqlStore {
        SqlStore::open(&self.place.url(), 4, Arc::clone(&self.clock) as Arc<dyn Clock>).await.unwrap()
    }

    pub(crate) fn clock_now(&self) -> alias_core::clock::Timestamp {
        self.clock.now()
    }

    pub(crate) fn tick(&self) {
        self.clock.advance(chrono::Duration::milliseconds(1));
    }

    /// Does something behind the store's back.
    pub(crate) fn execute(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(folder) => {
                let file = folder.path().join("made/aliases.db");
                let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                conn.batch_execute(&format!("PRAGMA busy_timeout = 5000; {sql}")).unwrap();
            }
            Place::Postgres { server, name } => {
                PgConnection::establish(&in_database(server, name)).unwrap().batch_execute(sql).unwrap();
            }
        }
    }

    /// The number of rows that `from` (a table, and what follows FROM) has.
    pub(crate) fn count(&self, from: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) AS number FROM {from}"))
    }

    fn number(&self, sql: &str) -> i64 {
        let query = diesel::sql_query(sql);
        let found: Number = match &self.place {
            Place::Sqlite(folder) => {
                let file = folder.path().join("made/aliases.db");
                let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                query.get_result(&mut conn).unwrap()
            }
            Place::Postgres { server, name } => {
                query.get_result(&mut PgConnection::establish(&in_database(server, name)).unwrap()).unwrap()
            }
        };
        found.number
    }

    /// The sum of a column over what `from` has.
    pub(crate) fn sum(&self, column: &str, from: &str) -> i64 {
        let sql = format!("SELECT CAST(COALESCE(SUM({column}), 0) AS BIGINT) AS number FROM {from}");
        self.number(&sql)
    }

    pub(crate) async fn alias(&self, name: &str) -> ModelAlias {
        self.alias_to(name, "openai/gpt-4", &[]).await
    }

    pub(crate) async fn alias_to(&self, name: &str, model: &str, groups: &[&str]) -> ModelAlias {
        let draft = AliasDraft { access_groups: Some(texts(groups)), ..AliasDraft::new(name, model) };
        let written = AliasRepository::create(&self.store, draft.parse().unwrap(), &by()).await.unwrap();
        written.value.alias
    }

    pub(crate) async fn group(&self, name: &str, members: &[&str]) {
        let draft = GroupDraft {
            group_name: name.into(),
            model_aliases: Some(texts(members)),
            ..GroupDraft::default()
        };
        GroupRepository::create(&self.store, draft.parse().unwrap(), &by()).await.unwrap();
    }

    pub(crate) async fn organization(&self, id: &str) {
        let draft = OrganizationDraft {
            organization_id: id.into(),
            name: format!("{id} Inc"),
            ..OrganizationDraft::default()
        };
        OrganizationRepository::create(&self.store, draft.parse().unwrap(), None, &by()).await.unwrap();
    }

    /// A team of the organization with these groups and the key of this number.
    pub(crate) async fn team(
        &self,
        organization: &str,
        id: &str,
        groups: &[&str],
        number: u64,
    ) -> TeamDetails {
        let draft = TeamDraft {
            organization_id: organization.into(),
            team_id: id.into(),
            access_groups: Some(texts(groups)),
            ..TeamDraft::default()
        };
        let written = TeamRepository::create(&self.store, draft.parse().unwrap(), key(number), &by()).await;
        written.unwrap().value
    }
}

pub(crate) fn by() -> Actor {
    Actor::system()
}

pub(crate) fn key(number: u64) -> NewKey {
    NewKey::first(alias_core::testing::key(number))
}

pub(crate) fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(crate) fn alias_name(text: &str) -> AliasName {
    text.parse().unwrap()
}

pub(crate) fn group_name(text: &str) -> GroupName {
    text.parse().unwrap()
}

pub(crate) fn team_id(text: &str) -> TeamId {
    text.parse().unwrap()
}

pub(crate) fn window(limit: u32) -> Window {
    Window { limit, ..Window::default() }
}
