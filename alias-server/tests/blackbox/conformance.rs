//! The same question asked everywhere: every way in, every identity and every kind of alias give one answer to who may
//! call what, where the call goes, and what it is charged.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use crate::http::{Answer, PATIENCE, segment};
use crate::provider::{Mode, Provider};
use crate::schedule::ahead;
use crate::server::{Server, databases};
use crate::tokens::{Issuer, claims, trusting};

/// Targets whose provider fails every call.
const DOWN: &[&str] = &["openai/down"];
/// The ways in that make calls: what they are called here, their paths, and what they take besides the model.
const CALLS: [(&str, &str, Takes); 14] = [
    ("chat", "/v1/chat/completions", Takes::Messages),
    ("chat without /v1", "/chat/completions", Takes::Messages),
    ("chat stream", "/v1/chat/completions", Takes::MessagesOfStream),
    ("completions", "/v1/completions", Takes::Prompt),
    ("embeddings", "/v1/embeddings", Takes::Input),
    ("responses", "/v1/responses", Takes::InputWithEnd),
    ("messages", "/v1/messages", Takes::Messages),
    ("images", "/v1/images/generations", Takes::Picture),
    ("moderations", "/v1/moderations", Takes::Input),
    ("rerank", "/v1/rerank", Takes::Documents),
    ("job call", "/api/jobs/{job}/llm-call", Takes::Messages),
    ("job call stream", "/api/jobs/{job}/llm-call-stream", Takes::Messages),
    ("job at once", "/api/jobs/create-and-call", Takes::Job),
    ("job at once stream", "/api/jobs/create-and-call-stream", Takes::Job),
];
/// The ways in that only say what a call would become: the list, one model, the reason.
const ANSWERS: usize = 3;

#[derive(Debug, Clone, Copy)]
enum Takes {
    Messages,
    MessagesOfStream,
    Prompt,
    Input,
    InputWithEnd,
    Picture,
    Documents,
    Job,
}

impl Takes {
    fn body(self, model: &str) -> Value {
        let mut body = match self {
            Self::Messages => json!({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 20}),
            Self::MessagesOfStream => {
                json!({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 20, "stream": true})
            }
            Self::Prompt => json!({"prompt": "hi", "max_tokens": 20}),
            Self::Input => json!({"input": "hi"}),
            Self::InputWithEnd => json!({"input": "hi", "max_output_tokens": 20}),
            Self::Picture => json!({"prompt": "a hill"}),
            Self::Documents => json!({"query": "hi", "documents": ["a", "b"]}),
            Self::Job => {
                json!({"job_type": "t", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 20})
            }
        };
        body["model"] = json!(model);
        body
    }
}

/// What must become of calls of a name.
#[derive(Debug, Clone, Copy)]
enum Must {
    /// They are served by one of these targets, the same for a caller everywhere.
    Go(&'static [&'static str]),
    /// They are refused with this code.
    Not(&'static str),
}

use Must::{Go, Not};

/// The kinds of aliases, each with the name that is called.
const KINDS: [(&str, &str, Must); 22] = [
    ("simple", "simple", Go(&["openai/simple"])),
    ("simple in other letters", "SIMPLE", Go(&["openai/simple"])),
    ("chain", "chain", Go(&["openai/simple"])),
    ("chain to an override", "to-override", Go(&["openai/override"])),
    ("old name", "before", Go(&["openai/renamed"])),
    ("prefix", "claude-3", Go(&["anthropic/claude-3"])),
    ("override", "override", Go(&["openai/override"])),
    ("weighted", "weighted", Go(&["openai/most", "openai/few"])),
    ("fallback", "fallback", Go(&["openai/up"])),
    ("deprecated", "deprecated", Go(&["openai/deprecated"])),
    ("redirected after its sunset", "redirected", Go(&["openai/simple"])),
    ("kept after its sunset", "kept", Go(&["openai/kept"])),
    ("switched at a moment", "scheduled", Go(&["openai/after"])),
    ("hidden and granted", "hidden", Go(&["openai/hidden"])),
    ("inactive", "inactive", Not("model_disabled")),
    ("after its sunset", "sunset", Not("model_sunset")),
    ("in a brown-out", "browned", Not("model_brownout")),
    ("chain to one in a brown-out", "to-browned", Not("model_brownout")),
    ("chain to an inactive one", "to-inactive", Not("model_disabled")),
    ("not granted", "foreign", Not("model_access_denied")),
    ("hidden and not granted", "secret", Not("model_not_found")),
    ("unknown", "nothing", Not("model_not_found")),
];

/// What comes of an operator's trial.
#[derive(Debug, Clone, Copy)]
enum Tried {
    /// This target is asked and answers.
    Answers(&'static str),
    /// This target is asked and fails.
    Fails(&'static str),
    /// Nothing is asked: the trial is refused with this status.
    Refused(u16),
}

/// What an operator's trial of each kind comes to. It asks the alias's own target, whoever may call it and whether it
/// serves calls or not: no caller stands behind it, whom an override or a share is for, or whom a fallback helps.
fn tried(kind: &str, must: Must) -> Tried {
    match (kind, must) {
        ("chain to an override" | "override", _) => Tried::Answers("openai/usual"),
        ("weighted", _) => Tried::Answers("openai/most"),
        ("fallback", _) => Tried::Fails("openai/down"),
        ("redirected after its sunset", _) => Tried::Answers("openai/redirected"),
        ("inactive", _) => Tried::Answers("openai/inactive"),
        ("after its sunset", _) => Tried::Answers("openai/sunset"),
        ("in a brown-out", _) => Tried::Answers("openai/browned"),
        ("not granted", _) => Tried::Answers("openai/foreign"),
        ("hidden and not granted", _) => Tried::Answers("openai/secret"),
        ("chain to one in a brown-out" | "chain to an inactive one", _) => Tried::Refused(422),
        // No alias has this name.
        ("prefix" | "unknown", _) => Tried::Refused(404),
        (_, Go([target])) => Tried::Answers(target),
        other => panic!("what comes of a trial of {other:?}?"),
    }
}

/// A server with an alias of every kind, and its callers.
struct World {
    server: Server,
    provider: Provider,
    /// What a caller is called, and its secret.
    callers: Vec<(&'static str, String)>,
    key_id: String,
}

fn world(database: Option<String>) -> World {
    let issuer = Issuer::new();
    let (provider, server) = trusting(&issuer, database, &[]);
    let create = |body: Value| drop(server.ok("POST", "/api/model-aliases/create", Some(body)));
    for name in [
        "simple",
        "deprecated",
        "scheduled",
        "inactive",
        "foreign",
        "kept",
        "redirected",
        "sunset",
        "browned",
    ] {
        create(json!({"alias": name, "litellm_model": format!("openai/{name}")}));
    }
    create(json!({"alias": "hidden", "litellm_model": "openai/hidden", "visibility": "hidden"}));
    create(json!({"alias": "secret", "litellm_model": "openai/secret", "visibility": "hidden"}));
    create(json!({"alias": "claude-", "match": "prefix", "litellm_model": "anthropic/claude-{rest}"}));
    create(json!({"alias": "override", "litellm_model": "openai/usual",
        "overrides": [{"team_id": "team", "litellm_model": "openai/override"}]}));
    create(json!({"alias": "weighted", "litellm_model": "openai/most",
        "split": [{"litellm_model": "openai/few", "share": 50}]}));
    create(json!({"alias": "fallback", "litellm_model": "openai/down",
        "fallbacks": [{"litellm_model": "openai/up"}]}));
    server.ok("POST", "/api/model-aliases/inactive/disable", None);
    for (name, to) in [
        ("middle", "simple"),
        ("chain", "middle"),
        ("to-override", "override"),
        ("to-inactive", "inactive"),
        ("to-browned", "browned"),
    ] {
        create(json!({"alias": name, "litellm_model": format!("alias/{to}")}));
    }
    create(json!({"alias": "before", "litellm_model": "openai/renamed"}));
    server.ok("POST", "/api/model-aliases/before/rename", Some(json!({"new_alias": "renamed"})));
    for down in DOWN {
        let price = json!({"prices": {"input": 1, "output": 1}});
        server.ok("PUT", &format!("/api/catalog/models/{down}"), Some(price));
    }
    for (number, target) in targets().into_iter().enumerate() {
        // Each a price of its own, so that a charge tells whose it is.
        let price = json!({"input": 100 * (number + 1), "output": 300 * (number + 1)});
        server.ok("PUT", &format!("/api/catalog/models/{target}"), Some(json!({"prices": price})));
        if target == "anthropic/claude-3" {
            // What a prefix makes of a name has the price of the prefix.
            let price = json!({"pricing_input": price["input"], "pricing_output": price["output"]});
            server.ok("PUT", "/api/model-aliases/claude-", Some(price));
        }
        create(json!({"alias": format!("to-{}", target.replace('/', "-")), "litellm_model": target}));
    }
    let granted: Vec<Value> = server.ok("GET", "/api/model-aliases", None)["aliases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alias| alias["alias"].clone())
        .filter(|name| name != "foreign" && name != "secret")
        .collect();
    let group = json!({"group_name": "every-kind", "model_aliases": granted});
    server.ok("POST", "/api/model-access-groups/create", Some(group));
    let team = json!({"access_groups": ["every-kind"], "budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000});
    server.ok("PUT", "/api/teams/team", Some(team));
    server.ok("POST", "/api/credits/add", Some(json!({"team_id": "team", "amount": 1_000_000_000})));
    let made = server.ok("POST", "/api/teams/team/keys", Some(json!({"name": "conformance"})));
    let key_id = made["key_id"].as_str().unwrap().to_owned();
    let callers = vec![
        ("key", made["virtual_key"].as_str().unwrap().to_owned()),
        ("token", issuer.signs(None, &claims(json!({})))),
    ];
    provider.set(Mode::FailsFor(DOWN, 503));
    let world = World { server, provider, callers, key_id };
    world.let_moments_pass();
    world
}

/// Every target that serves calls.
fn targets() -> Vec<&'static str> {
    let mut all: Vec<&str> = KINDS
        .iter()
        .flat_map(|(_, _, must)| match must {
            Go(targets) => *targets,
            Not(_) => &[],
        })
        .copied()
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// One answer, as far as every way in has to give the same.
#[derive(Debug, PartialEq)]
enum Became {
    Served { target: String, charge: u64 },
    Refused(String),
}

impl World {
    /// Has the aliases end, and change, whose moment is to have passed.
    fn let_moments_pass(&self) {
        let (server, moment) = (&self.server, ahead(8));
        let end = |name: &str, at_sunset: &str| {
            let body = json!({"sunset_at": moment, "replacement": "simple", "at_sunset": at_sunset});
            server.ok("POST", &format!("/api/model-aliases/{name}/deprecate"), Some(body));
        };
        end("redirected", "redirect");
        end("kept", "keep");
        end("sunset", "block");
        server.ok(
            "POST",
            "/api/model-aliases/deprecated/deprecate",
            Some(json!({"sunset_at": ahead(86_400)})),
        );
        let window = json!([{"starts_at": moment, "ends_at": ahead(80_000)}]);
        let browned = json!({"sunset_at": ahead(86_400), "brownouts": window});
        server.ok("POST", "/api/model-aliases/browned/deprecate", Some(browned));
        let later = format!("/api/model-aliases/scheduled?effective_at={moment}");
        assert_eq!(server.admin("PUT", &later, Some(json!({"litellm_model": "openai/after"}))).status, 202);
        let deadline = Instant::now() + PATIENCE;
        let passed = || {
            let alias = |name: &str| server.ok("GET", &format!("/api/model-aliases/{name}"), None);
            alias("sunset")["status"] == "sunset" && alias("scheduled")["litellm_model"] == "openai/after"
        };
        while !passed() {
            assert!(Instant::now() < deadline, "the moment did not come");
            std::thread::yield_now();
        }
    }

    fn explained(&self, query: &str) -> Value {
        self.server.ok("GET", &format!("/api/explain?{query}"), None)
    }

    /// What its team has been charged so far.
    fn charged(&self) -> u64 {
        let balance = self.server.ok("GET", "/api/credits/balance?team_id=team", None);
        balance["credits_used"].as_u64().unwrap_or_else(|| panic!("{balance}"))
    }

    /// A call, and what became of it: by the provider, by the books, and by the record of it.
    fn call(&self, secret: &str, (path, takes): (&str, Takes), model: &str) -> Became {
        let mut path = path.to_owned();
        if path.contains("{job}") {
            let made = self.server.team(secret, "POST", "/api/jobs/create", Some(r#"{"job_type": "t"}"#));
            path = path.replace("{job}", made.json()["job_id"].as_str().unwrap());
        }
        let (before, sent) = (self.charged(), self.provider.sent());
        let answer = self.server.team(secret, "POST", &path, Some(&takes.body(model).to_string()));
        let request = answer.header("x-request-id").unwrap().to_owned();
        let record = self.explained(&format!("request_id={request}"));
        let charge = self.charged() - before;
        if let Some(code) = refusal(&answer) {
            assert_eq!((charge, self.provider.sent() - sent), (0, 0), "{path} {model}: a refusal is no call");
            assert_eq!(record["decision"], code, "{path} {model}: {record}");
            return Became::Refused(code);
        }
        assert_eq!(record["allowed"], true, "{path} {model}: {record}");
        let target = self.provider.seen().last().unwrap().body["model"].as_str().unwrap().to_owned();
        assert_eq!(record["resolves_to"], target, "{path} {model}: {record}");
        Became::Served { target, charge }
    }

    /// What each way in says without a call: whether the model may be called, and where the call would go.
    fn told(&self, secret: &str, model: &str) -> Vec<(&'static str, bool)> {
        let list = self.server.team(secret, "GET", "/v1/models", None).json();
        let listed = list["data"].as_array().unwrap().iter().any(|one| one["id"] == model.to_lowercase());
        let one = self.server.team(secret, "GET", &format!("/v1/models/{}", segment(model)), None);
        let why = self.explained(&format!("key={}&model={model}", self.key_id));
        let mut told = vec![("explain", why["allowed"] == true)];
        // What is hidden is not shown, and lists have no names that begin so.
        if model != "hidden" {
            told.push(("one model", one.status == 200));
        }
        if !matches!(model, "claude-3" | "hidden") {
            told.push(("list", listed));
        }
        told
    }
}

impl World {
    /// The operator's trial of an alias asks its own target, or nobody, and charges no team.
    fn operator_tries(&self, kind: &str, name: &str, must: Must) {
        let (charged, asked) = (self.charged(), self.provider.seen().len());
        let told = self.server.admin("POST", &format!("/api/model-aliases/{}/test", segment(name)), None);
        let expected = tried(kind, must);
        match expected {
            Tried::Refused(status) => assert_eq!(told.status, status, "{kind}: {}", told.text()),
            Tried::Answers(target) | Tried::Fails(target) => {
                let (told, ok) = (told.json(), matches!(expected, Tried::Answers(_)));
                assert_eq!(
                    (&told["ok"], &told["litellm_model"]),
                    (&json!(ok), &json!(target)),
                    "{kind}: {told}"
                );
            }
        }
        let now_asked: Vec<Value> =
            self.provider.seen()[asked..].iter().map(|seen| seen.body["model"].clone()).collect();
        match expected {
            Tried::Refused(_) => assert!(now_asked.is_empty(), "{kind}: {now_asked:?}"),
            Tried::Answers(target) | Tried::Fails(target) => assert_eq!(now_asked, [target], "{kind}"),
        }
        assert_eq!(self.charged(), charged, "{kind}: a trial charges no team");
    }
}

/// The code of a refusal: in the words of whichever way in it came.
fn refusal(answer: &Answer) -> Option<String> {
    let text = answer.text();
    if answer.status == 200 && !text.starts_with("data: {\"error\"") {
        return None;
    }
    let text = text.trim_start_matches("data: ").lines().next().unwrap_or_default().to_owned();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
    let code = [&body["error"]["code"], &body["code"]].into_iter().find_map(Value::as_str);
    Some(code.unwrap_or_else(|| panic!("no code: {body}")).to_owned())
}

#[test]
fn every_way_in_every_identity_and_every_kind_of_alias_give_one_answer() {
    for database in databases() {
        let world = world(database);
        let mut cells = 0;
        // What a call is charged that goes to a target, by the way in: by aliases that do nothing else.
        let mut usual: BTreeMap<(&str, String), u64> = BTreeMap::new();
        for (way, path, takes) in CALLS {
            for target in targets() {
                let control = format!("to-{}", target.replace('/', "-"));
                let became = world.call(&world.callers[0].1, (path, takes), &control);
                let Became::Served { target: to, charge } = became else { panic!("{way}: {became:?}") };
                assert_eq!(to, target, "{way}");
                usual.insert((way, to), charge);
            }
        }
        let distinct: std::collections::BTreeSet<&u64> = usual.values().collect();
        assert!(distinct.len() >= targets().len(), "charges tell targets apart: {usual:?}");
        for (kind, name, must) in KINDS {
            for (who, secret) in &world.callers {
                let mut went: Option<String> = None;
                for (way, path, takes) in CALLS {
                    let became = world.call(secret, (path, takes), name);
                    match (must, &became) {
                        (Not(code), Became::Refused(said)) => assert_eq!(said, code, "{kind}, {who}, {way}"),
                        (Go(targets), Became::Served { target, charge }) => {
                            assert!(targets.contains(&target.as_str()), "{kind}, {who}, {way}: {target}");
                            let first = went.get_or_insert_with(|| target.clone());
                            assert_eq!(target, first, "{kind}, {who}, {way}: always the same target");
                            let charged = usual[&(way, target.clone())];
                            assert_eq!(*charge, charged, "{kind}, {who}, {way}: the charge of {target}");
                        }
                        _ => panic!("{kind}, {who}, {way}: {became:?} and not {must:?}"),
                    }
                    cells += 1;
                }
                for (way, may) in world.told(secret, name) {
                    assert_eq!(may, matches!(must, Go(_)), "{kind}, {who}, {way}");
                    cells += 1;
                }
            }
            world.operator_tries(kind, name, must);
            cells += 1;
        }
        assert_eq!(world.server.ok("GET", "/api/usage/verify", None)["clean"], true);
        println!(
            "{} ways in, 3 identities, {} kinds of aliases: {cells} answers, all as they must be",
            CALLS.len() + ANSWERS,
            KINDS.len()
        );
        assert!(cells > 400, "{cells}");
    }
}
