//! A process that is killed at any moment loses nothing that it acknowledged.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use alias_core::usage::{CallId, Outcome};
use alias_store::spool::{Durability, Spool, SpoolOptions};

use crate::calls::{call, event, read_all};

/// Names the folder to the process that gets killed, and the round.
const FOLDER: &str = "SPOOL_TEST_KILL_FOLDER";
const ROUND: &str = "SPOOL_TEST_KILL_ROUND";
const ROUNDS: u64 = 6;

fn options() -> SpoolOptions {
    SpoolOptions { durability: Durability::Process, segment_bytes: 64 * 1024, ..SpoolOptions::default() }
}

#[tokio::test]
async fn calls_acknowledged_before_a_kill_are_there_exactly_once() {
    if let Ok(folder) = std::env::var(FOLDER) {
        let round = std::env::var(ROUND).unwrap().parse().unwrap();
        settle_until_killed(Path::new(&folder), round);
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut admitted, mut settled) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for line in run_and_kill(folder.path(), round) {
            match line.split_once(' ') {
                Some(("admitted", id)) => admitted.push(id.parse::<CallId>().unwrap()),
                Some(("settled", id)) => settled.push(id.parse::<CallId>().unwrap()),
                _ => {}
            }
        }
    }
    assert!(settled.len() > 1_000, "only {} calls were settled", settled.len());

    let spool = Spool::open(folder.path(), options()).unwrap();
    let mut outcomes = HashMap::new();
    for event in read_all(&spool, 0).await {
        assert_eq!(outcomes.insert(event.call.call_id, event.outcome), None, "recorded twice");
    }
    for id in settled {
        assert_eq!(outcomes.get(&id), Some(&Outcome::Complete), "{id}");
    }
    for id in admitted {
        assert!(outcomes.contains_key(&id), "{id}");
    }
}

/// Runs this very test in another process, and kills that after a different number of lines each round.
fn run_and_kill(folder: &Path, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::calls_acknowledged_before_a_kill_are_there_exactly_once", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let kill_after = 600 + usize::try_from(round).unwrap() * 171;
    let mut read: Vec<String> = lines.by_ref().take(kill_after).collect();
    child.kill().unwrap();
    read.extend(lines);
    child.wait().unwrap();
    assert!(read.len() >= kill_after, "it lived until it was killed");
    read
}

fn settle_until_killed(folder: &Path, round: u64) -> ! {
    let spool = Spool::open(folder, options()).unwrap();
    thread::scope(|scope| {
        for thread in 0..3 {
            let spool = &spool;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                for n in 0.. {
                    let n = (round * 10 + thread) * 1_000_000 + n;
                    spool.admit(&call(n)).unwrap();
                    say("admitted", call(n).call_id);
                    runtime.block_on(spool.settle(Box::new(event(n)))).unwrap();
                    say("settled", call(n).call_id);
                }
            });
        }
    });
    unreachable!("the threads end by a kill");
}

/// One line, handed over in one write.
fn say(what: &str, id: CallId) {
    std::io::stdout().write_all(format!("\n{what} {id}\n").as_bytes()).unwrap();
}
