//! A real database that is stopped, started and replaced under load.

use std::time::Duration;

use serde_json::json;

use crate::cluster::Cluster;
use crate::credits::{assert_verified, until};
use crate::line::Line;
use crate::load::{Load, Told, quantile};
use crate::provider::Provider;
use crate::server::{Server, Setup, times};

/// Two servers with a team that credits do not limit, both of which have saved what they know.
fn servers(provider: &Provider, database: String) -> (Vec<Server>, String) {
    let setup = Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() };
    let servers = vec![setup.clone().start(), setup.start()];
    let key = servers[0].onboard(&[("smart", "openai/gpt-4")]);
    servers[0].ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "unlimited"})));
    for server in &servers {
        until("it knows the team", || server.chat(&key, "smart").status == 200);
        until("its snapshot is written", || {
            let note = std::fs::read(server.folder().join("data/snapshot/snapshot.json")).ok();
            let note = note.and_then(|note| serde_json::from_slice::<serde_json::Value>(&note).ok());
            note.is_some_and(|note| note["revision"] == ready(server)["revision"])
        });
    }
    (servers, key)
}

fn ready(server: &Server) -> serde_json::Value {
    server.admin("GET", "/health/ready", None).json()
}

fn all_served(told: &[Told]) {
    let failed: Vec<&Told> = told.iter().filter(|told| told.status != 200).collect();
    assert!(failed.is_empty(), "{} of {} failed: {:?}", failed.len(), told.len(), failed.first());
}

fn counted(server: &Server) -> u64 {
    let alias = server.ok("GET", "/api/model-aliases/smart", None);
    alias["usage_stats"]["total_calls"].as_u64().unwrap()
}

#[test]
fn under_load_the_database_is_stopped_and_no_call_of_a_known_key_fails_or_is_lost() {
    let Some(cluster) = Cluster::start() else { return };
    let seconds = times("ALIAS_TEST_OUTAGE_SECONDS", 3);
    for also_killed in [false, true] {
        let provider = Provider::start();
        let (mut servers, key) = servers(&provider, cluster.database(&format!("outage_{also_killed}")));
        let steady = Load { rate: 150, ..Load::on(&servers[..1], &key) };
        let other = Load { rate: 50, gaps: also_killed, ..Load::on(&servers[1..], &key) };
        let before = provider.sent();
        let (((), others), told) = steady.during(|| {
            other.during(|| {
                cluster.stop_at_once();
                std::thread::sleep(Duration::from_secs(seconds));
                if also_killed {
                    servers[1].kill();
                    servers[1].restart();
                }
                std::thread::sleep(Duration::from_secs(1));
                cluster.up();
            })
        });
        all_served(&told);
        all_served(&others);
        for server in &servers {
            until("it is ready again", || ready(server)["status"] == "ready");
        }
        let answered = before + told.len() as u64 + others.len() as u64;
        println!(
            "away for {seconds} s and more{}: {} and {} calls on two servers, none failed",
            if also_killed { ", one server killed meanwhile" } else { "" },
            told.len(),
            others.len()
        );
        // What was on its way at a kill may have reached the provider without being answered.
        let most = if also_killed { provider.sent() } else { answered };
        until("every call that was answered is in the books once", || {
            (answered..=most).contains(&counted(&servers[0]))
        });
        assert_verified(&servers[0]);
    }
}

#[test]
fn servers_follow_a_promoted_standby_and_no_acknowledged_write_is_lost() {
    let Some(first) = Cluster::start() else { return };
    let second = first.standby();
    let provider = Provider::start();
    let (servers, key) = servers(&provider, first.database_here_or_there(&second, "aliases"));
    let load = Load { rate: 50, ..Load::on(&servers, &key) };
    let before = provider.sent();
    let (acknowledged, told) = load.during(|| {
        let mut acknowledged = Vec::new();
        let mut refused = 0;
        for n in 0..200 {
            if n == 100 {
                first.stop_at_once();
                second.promote();
            }
            let name = format!("written-{n}");
            let alias = json!({"alias": name, "litellm_model": "openai/gpt-4"});
            loop {
                let made = servers[n % 2].admin("POST", "/api/model-aliases", Some(alias.clone()));
                match (made.status, made.json()["code"].as_str()) {
                    (201, _) => acknowledged.push(name),
                    // A write whose answer was lost may have happened.
                    (409, Some("alias_already_exists")) if refused > 0 => {}
                    (503, _) if refused < 400 => {
                        refused += 1;
                        std::thread::sleep(Duration::from_millis(50));
                        continue;
                    }
                    other => panic!("{other:?}: {}", made.text()),
                }
                break;
            }
        }
        println!("{} writes were acknowledged, {refused} refused meanwhile", acknowledged.len());
        acknowledged
    });
    all_served(&told);
    assert!(acknowledged.len() > 190, "{}", acknowledged.len());
    for name in &acknowledged {
        servers[0].ok("GET", &format!("/api/model-aliases/{name}"), None);
    }
    let answered = before + told.len() as u64;
    until("every call is in the books once", || counted(&servers[1]) == answered);
    assert_verified(&servers[1]);
}

#[test]
fn under_load_a_slow_and_a_silent_database_are_not_felt_by_calls() {
    let Some(cluster) = Cluster::start() else { return };
    let provider = Provider::start();
    let database = cluster.database("aliases");
    let (host, name) = database.split_once('@').unwrap().1.split_once('/').unwrap();
    let line = Line::to(host.parse().unwrap());
    let (servers, key) = servers(&provider, format!("postgres://postgres@{}/{name}", line.address));
    let load = Load { rate: 100, ..Load::on(&servers, &key) };
    let time = Duration::from_secs(times("ALIAS_TEST_OUTAGE_SECONDS", 3));
    let mut answered = provider.sent();
    let mut p99 = Vec::new();
    for what in ["as usual", "200 ms more, either way", "nothing comes through"] {
        match what {
            "as usual" => {}
            "nothing comes through" => line.swallow(true),
            _ => line.slow_down(200),
        }
        let ((), told) = load.during(|| std::thread::sleep(time));
        all_served(&told);
        answered += told.len() as u64;
        let of = |part| quantile(told.iter().map(Told::took), part);
        println!(
            "{what}: {} calls, median {:?}, p99 {:?}, longest {:?}",
            told.len(),
            of(500),
            of(990),
            of(1_000)
        );
        p99.push(of(990));
    }
    line.slow_down(0);
    line.swallow(false);
    // The machine may be busy: what would be felt is a wait for the database, of 200 ms and more.
    let most = p99[0] * 2 + Duration::from_millis(50);
    assert!(p99.iter().all(|p99| *p99 <= most), "{p99:?}");
    until("every call is in the books once", || counted(&servers[0]) == answered);
    assert_verified(&servers[0]);
}
