//! What a call needs, and what reading its record back does, one part as often as is said: what `scripts/instructions` counts.
#![expect(clippy::unwrap_used, reason = "what cannot go on stops")]

#[path = "../benches/chat/mod.rs"]
mod chat;
#[path = "../benches/event/mod.rs"]
mod event;
#[expect(dead_code, reason = "the benches of the router need more of it")]
#[path = "../../alias-router/benches/world/mod.rs"]
mod world;

use std::collections::HashMap;
use std::hint::black_box;

use alias_core::credits::{AccountId, Lease};
use alias_core::key::Entrance;
use alias_core::model_ref::ModelRef;
use alias_core::repository::ServiceSecret;
use alias_core::testing::{id, key};
use alias_core::usage::{Call, Endpoint, UsageEvent};
use alias_router::wallet::Wallet;
use alias_router::{Arrival, Request, RouterPolicy, RoutingTable, decide};
use alias_server::openai::body::CallBody;
use alias_server::openai::fields::ExtraFields;
use alias_server::openai::{Rewriting, Seal};
use alias_store::spool::{Spool, SpoolOptions};
use clap::{Parser, ValueEnum};
use event::EVENT;
use futures_util::FutureExt as _;
use world::{Size, catalog, now};

const SIZE: Size = Size { aliases: 1_000, groups: 10, teams: 100, keys: 1_000 };

/// What the spool keeps of a call.
const RECORD: &str = include_str!("counted/record.json");

/// Runs a part of a call again and again.
#[derive(Debug, Parser)]
struct Arguments {
    part: Part,
    times: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    AuthenticateAndDecide,
    CheckAndWriteBody,
    RewriteEvent,
    HoldAndSettle,
    RecordCall,
    ReadRecord,
}

fn main() {
    let Arguments { part, times } = Arguments::parse();
    match part {
        Part::AuthenticateAndDecide => authenticate_and_decide(times),
        Part::CheckAndWriteBody => check_and_write_body(times),
        Part::RewriteEvent => rewrite_event(times),
        Part::HoldAndSettle => hold_and_settle(times),
        Part::RecordCall => record_call(times),
        Part::ReadRecord => read_record(times),
    }
}

fn authenticate_and_decide(times: u64) {
    let table = RoutingTable::build(&catalog(SIZE), RouterPolicy::default());
    let arrival = |entrance| Arrival { at: now(), entrance, address: None };
    let caller = table.authenticate(key(1).expose(), arrival(Entrance::Models)).unwrap();
    let model = table.visible_models(&caller)[0].alias.to_string();
    let key = key(1);
    for _ in 0..times {
        let entrance = Entrance::Call(Endpoint::ChatCompletions);
        let caller = table.authenticate(black_box(key.expose()), arrival(entrance)).unwrap();
        assert!(decide(&table, &caller, &Request::new(&model)).is_ok());
    }
}

fn check_and_write_body(times: u64) {
    let (body, extra): (_, ExtraFields) = (chat::chat(1_000), ExtraFields::default());
    let model: ModelRef = "openai/gpt-4o".parse().unwrap();
    for _ in 0..times {
        let body = CallBody::parse(Endpoint::ChatCompletions, black_box(body.as_bytes()), &extra).unwrap();
        black_box((body.bounds(None), body.write_for(&model)));
    }
}

fn rewrite_event(times: u64) {
    let seal = Seal::new(&ServiceSecret::new([7; 32])).unwrap();
    let (mut stream, mut out) = (Rewriting::new(&"smart".parse().unwrap(), seal), Vec::with_capacity(1_000));
    for _ in 0..times {
        assert!(stream.feed(black_box(EVENT.as_bytes()), &mut out));
        out.clear();
    }
}

fn hold_and_settle(times: u64) {
    let (wallet, account): (_, AccountId) = (Wallet::default(), id(1));
    wallet.begin(id(1), &[Lease { granted: i64::MAX / 2, ..Lease::none(account) }], &HashMap::new());
    for _ in 0..times {
        let mut hold = wallet.hold(black_box(account), 1_000_000).unwrap();
        let charged = wallet.cover(&mut hold, 1);
        wallet.settle(hold, charged);
    }
}

fn record_call(times: u64) {
    let (folder, event) = (tempfile::tempdir().unwrap(), record());
    let spool = Spool::open(folder.path(), SpoolOptions::default()).unwrap();
    for number in 0..times {
        let call = Call { call_id: id(number), ..event.call.clone() };
        spool.reserve(call.call_id, 0).unwrap();
        spool.admit_soon(call.clone());
        spool.settle(Box::new(UsageEvent { call, ..event.clone() })).now_or_never().unwrap().unwrap();
    }
}

fn read_record(times: u64) {
    let written = rmp_serde::to_vec_named(&record()).unwrap();
    for _ in 0..times {
        black_box(rmp_serde::from_slice::<UsageEvent>(black_box(&written)).unwrap());
    }
}

fn record() -> UsageEvent {
    serde_json::from_str(RECORD).unwrap()
}
