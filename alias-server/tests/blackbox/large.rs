//! A catalogue as large as a large platform's: changes, memory, and a start without the database.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http;
use crate::line::Line;
use crate::load::quantile;
use crate::metrics::{figures, value};
use crate::provider::Provider;
use crate::server::{Server, Setup, databases, times};
use crate::stalls;

/// Makes so many keys, a tenth as many aliases and a hundredth as many teams, all like those that are there, and tells
/// the servers that anything may be different.
const MULTIPLY: &str = r"
BEGIN;
SET LOCAL session_replication_role = replica;
CREATE TEMP TABLE sizes ON COMMIT DROP AS SELECT KEYS AS keys, KEYS / 10 AS aliases, KEYS / 100 AS teams;
CREATE FUNCTION pg_temp.id(prefix text, n bigint) RETURNS text LANGUAGE sql AS
$$ SELECT prefix || '_01928b00000070008000' || lpad(to_hex(n), 12, '0') $$;
CREATE FUNCTION pg_temp.name(n bigint) RETURNS jsonb LANGUAGE sql AS
$$ SELECT to_jsonb('vendor-' || n % 97 || '/model-' || n) $$;
INSERT INTO model_aliases SELECT (jsonb_populate_record(t, jsonb_build_object('id', pg_temp.id('mal', n),
    'alias', pg_temp.name(n), 'folded', pg_temp.name(n), 'search', pg_temp.name(n)))).*
    FROM model_aliases t, sizes, generate_series(1, sizes.aliases) n WHERE t.folded = 'smart';
INSERT INTO alias_versions SELECT (jsonb_populate_record(t, jsonb_build_object('alias_id', pg_temp.id('mal', n),
    'alias', pg_temp.name(n)))).*
    FROM alias_versions t, model_aliases a, sizes, generate_series(1, sizes.aliases) n
    WHERE a.folded = 'smart' AND t.alias_id = a.id AND t.version = a.version;
INSERT INTO access_groups SELECT (jsonb_populate_record(t, jsonb_build_object('id', pg_temp.id('grp', n),
    'group_name', 'group-' || n, 'folded', 'group-' || n))).*
    FROM access_groups t, sizes, generate_series(1, sizes.aliases / 100) n WHERE t.folded = 'all';
INSERT INTO group_aliases SELECT pg_temp.id('grp', 1 + (n * g * 7919) % (sizes.aliases / 100)), pg_temp.id('mal', n)
    FROM sizes, generate_series(1, sizes.aliases) n, generate_series(1, 2) g ON CONFLICT DO NOTHING;
INSERT INTO teams SELECT (jsonb_populate_record(t, jsonb_build_object('uid', pg_temp.id('tem', n),
    'team_id', 'team-' || n, 'folded', 'team-' || n))).*
    FROM teams t, sizes, generate_series(1, sizes.teams) n WHERE t.folded = 'team';
INSERT INTO team_groups SELECT pg_temp.id('tem', n), pg_temp.id('grp', 1 + (n * g * 7919) % (sizes.aliases / 100))
    FROM sizes, generate_series(1, sizes.teams) n, generate_series(1, 3) g ON CONFLICT DO NOTHING;
INSERT INTO team_keys SELECT (jsonb_populate_record(t, jsonb_build_object('key_id', k.id, 'lineage', k.id,
    'team_uid', pg_temp.id('tem', 1 + n % sizes.teams), 'digest', sha256(n::text::bytea)))).*
    FROM team_keys t, sizes, generate_series(1, sizes.keys) n,
    LATERAL (SELECT translate(lpad(to_hex(n), 16, '0'), '0123456789', 'ghijklmnop') AS id) k;
UPDATE catalogue SET revision = revision + 1;
INSERT INTO catalogue_changes SELECT revision, 'anything', '' FROM catalogue;
COMMIT;
";

/// The most memory that a process had, and what it has, in MiB.
fn memory(server: &Server) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    };
    (of("VmHWM:"), of("VmRSS:"))
}

fn saved(server: &Server) -> bool {
    let note = std::fs::read(server.folder().join("data/snapshot/snapshot.json")).unwrap_or_default();
    let note = serde_json::from_slice::<serde_json::Value>(&note).unwrap_or_default();
    note["revision"] == server.admin("GET", "/health/ready", None).json()["revision"]
}

fn patiently(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !done() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn under_load_of_a_large_catalogue_a_change_is_there_at_once_and_a_start_takes_no_time() {
    let keys = times("ALIAS_TEST_KEYS", 20_000);
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let address = database.split_once('@').unwrap().1.split_once('/').unwrap().0;
        let line = Line::to(address.parse().unwrap());
        let through = database.replace(address, &line.address.to_string());
        let setup = Setup { upstream: Some(provider.address), ..Setup::default() };
        let here = Setup { database: Some(database.clone()), ..setup.clone() }.start();
        let mut there = Setup { database: Some(through), ..setup }.start();
        let key = here.onboard(&[("smart", "openai/gpt-4")]);
        here.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "unlimited"})));
        let alone = Setup { database: databases().into_iter().flatten().next(), ..Setup::default() }.start();
        alone.onboard(&[("smart", "openai/gpt-4")]);
        let empty = memory(&here);
        let sql = MULTIPLY.replace("KEYS", &keys.to_string());
        let psql =
            Command::new("psql").args([&database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", &sql]).output();
        let psql = psql.unwrap();
        assert!(psql.status.success(), "{}", String::from_utf8_lossy(&psql.stderr));
        let (multiplied, began) = (revision(&database), Instant::now());
        for server in [&here, &there] {
            patiently("the whole catalogue is read", || ready(server) >= multiplied);
        }
        let read = began.elapsed();
        let (began, before) = (stalls::watch(), [&alone, &here].map(publishing));
        let [small, large, later] = write_times(&alone, &here, &there, &key);
        let (after, stood_still) = ([&alone, &here].map(publishing), stalls::between(began, Instant::now()));
        let mean = |of: usize| after[of].1.saturating_sub(before[of].1) / (after[of].0 - before[of].0);
        let (unburdened, published, writes) = (mean(0), mean(1), after[1].0 - before[1].0);
        let full = memory(&here);
        // A server that runs rests for twenty times as long as a snapshot takes; one that starts writes one at once.
        there.kill();
        there.restart();
        patiently("the snapshot is written", || saved(&there));
        line.cut();
        there.kill();
        let began = Instant::now();
        there.restart();
        assert_eq!(there.chat(&key, "smart").status, 200);
        let start = began.elapsed();
        let at = |taken: &[Duration], part| quantile(taken.iter().copied(), part);
        println!(
            "{} aliases, {} teams, {keys} keys: read by both in {read:?}; a write takes {:?} (9 of 10: {:?}; {:?} with \
             one alias), holds here {published:?} after its commit in the mean ({unburdened:?} with one alias), and is there on the other {:?} later (9 of 10: {:?}); {} MiB (at most {}; {} with one \
             alias); a start from the snapshot serves after {start:?}",
            keys / 10,
            keys / 100,
            at(&large, 500),
            at(&large, 900),
            at(&small, 500),
            at(&later, 500),
            at(&later, 900),
            full.1,
            full.0,
            empty.1,
        );
        // 5 ms is the goal; a machine that is busy with other things needs longer for one alias too.
        assert!(
            published <= unburdened * 2 + Duration::from_millis(5) + stood_still / writes,
            "{published:?} {unburdened:?}"
        );
        assert!(at(&later, 500) <= at(&small, 500) * 2 + Duration::from_millis(100), "{later:?} {small:?}");
        assert!(at(&large, 500) <= at(&small, 500) * 2 + Duration::from_millis(5), "{large:?} {small:?}");
    }
}

/// How many writes were made to count here, and how long that took in all.
fn publishing(server: &Server) -> (u32, Duration) {
    let text = figures(server);
    let seconds = value(&text, "alias_catalogue_publishing_seconds_total ");
    (value(&text, "alias_catalogue_publishings_total "), Duration::from_secs_f64(seconds))
}

fn ready(server: &Server) -> u64 {
    server.admin("GET", "/health/ready", None).json()["revision"].as_u64().unwrap()
}

fn revision(database: &str) -> u64 {
    let said =
        Command::new("psql").args([database, "-qAtXc", "SELECT revision FROM catalogue"]).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().parse().unwrap()
}

/// How long writes take until they are answered: on a server with one alias, and in turn with that on one with many;
/// and how much later the latter hold on the other server.
fn write_times(alone: &Server, here: &Server, there: &Server, key: &str) -> [Vec<Duration>; 3] {
    let mut taken = [(); 3].map(|()| Vec::new());
    for round in 0..40 {
        let active = round % 2 == 1;
        for (server, taken) in [alone, here].into_iter().zip(&mut taken) {
            let began = Instant::now();
            server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": active})));
            taken.push(began.elapsed());
        }
        let done = Instant::now();
        let wanted = if active { 200 } else { 403 };
        assert_eq!(here.chat(key, "smart").status, wanted, "at once where it was written");
        while there.chat(key, "smart").status != wanted {
            assert!(done.elapsed() < http::PATIENCE, "not on the other server");
        }
        taken[2].push(done.elapsed());
    }
    taken
}
