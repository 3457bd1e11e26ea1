//! People, programs and receivers of messages, as commands make, show, change and end them; jobs, and prices.

use serde_json::json;

use super::{Said, answers, ctl, onboarded};
use crate::receiver::Receiver;
use crate::server::{Server, Setup};

const KEY: &str = "5d0c8a2f7b31e94640cf1d97a8e2635bb4f0718c";
const PASSWORD: &str = "correct horse battery staple";

fn run(server: &Server, line: &str, typed: &str) -> Said {
    let words: Vec<&str> = line.split(' ').collect();
    ctl(&words).at(server).with("ALIAS_ADMIN_KEY", KEY).typed(typed).run()
}

fn keyed(extra: &[&str]) -> Server {
    let extra = extra.iter().map(ToString::to_string).collect();
    Setup { admin_key: Some(KEY.to_owned()), extra, ..Setup::default() }.start()
}

#[test]
fn an_account_is_named_by_its_address_and_its_password_is_never_on_the_command_line() {
    let server = keyed(&[]);
    let run = |line: &str, typed: &str| run(&server, line, typed);
    let made = run("user create ops@acme.example --role admin --name Ada --password-file -", PASSWORD);
    assert_eq!(
        (made.code, made.output.as_str()),
        (0, "user ops@acme.example created as admin\n"),
        "{made:?}"
    );
    let signed_in = |password: &str| {
        let body = json!({"email": "ops@acme.example", "password": password});
        server.admin("POST", "/api/admin-users/login", Some(body)).status == 200
    };
    assert!(signed_in(PASSWORD));
    let list = run("user list", "");
    assert!(list.code == 0 && list.output.contains("ops@acme.example"), "{list:?}");
    let changed =
        run("user update OPS@acme.example --role viewer --password-file -", "another horse, at noon");
    assert_eq!(changed.code, 0, "{changed:?}");
    assert!(!signed_in(PASSWORD) && signed_in("another horse, at noon"));
    assert_eq!(run("user get ops@acme.example --json", "").json()["role"], "viewer");
    let unasked = run("user disable ops@acme.example", "");
    assert!(unasked.code == 64 && unasked.errors.contains("All its sessions end"), "{unasked:?}");
    assert_eq!(run("user disable ops@acme.example --yes", "").code, 0);
    assert!(!signed_in("another horse, at noon"));
    assert_eq!(run("user enable ops@acme.example", "").code, 0);
    let near = run("user get osp@acme.example", "");
    assert!(near.code == 4 && near.errors.contains("did you mean ops@acme.example?"), "{near:?}");
    assert_eq!(run("user delete ops@acme.example --yes", "").code, 0);
    assert_eq!(run("user list", "").output, "none\n");
    for (line, typed) in [
        ("user create a@b.example --role boss --password-file -", PASSWORD),
        ("user create a@b.example --role viewer --password-file -", ""),
        ("user create a@b.example --role viewer", ""),
        ("user update a@b.example", ""),
    ] {
        assert_eq!(run(line, typed).code, 64, "{line}");
    }
}

#[test]
fn a_token_is_shown_once_works_and_is_revoked() {
    let server = keyed(&[]);
    let made = run(&server, "token create reports --role viewer --expires 2035-10-14T12:00:00Z", "");
    let (_, token) = made.output.trim().rsplit_once("token ").unwrap_or_else(|| panic!("{made:?}"));
    assert!(made.code == 0 && made.errors.contains("shown this once"), "{made:?}");
    let with = |line: &[&str]| ctl(line).at(&server).with("ALIAS_ADMIN_KEY", token).run();
    assert_eq!(with(&["alias", "list"]).code, 0);
    assert_eq!(with(&["alias", "create", "a", "openai/gpt-4"]).code, 6, "it only reads");
    let list = run(&server, "token list --json", "").json();
    let id = list["admin_tokens"][0]["token_id"].as_str().unwrap().to_owned();
    assert!(!list.to_string().contains(token), "{list}");
    assert_eq!(run(&server, &format!("token revoke {id}"), "").code, 64, "it asks first");
    assert_eq!(run(&server, &format!("token revoke {id} --yes"), "").code, 0);
    assert_eq!(with(&["alias", "list"]).code, 6);
    assert_eq!(run(&server, &format!("token revoke {id} --yes"), "").code, 4);
}

#[test]
fn a_webhook_is_registered_tried_switched_off_and_deleted() {
    let (server, receiver) = (keyed(&["--webhook-allow-private"]), Receiver::start());
    let run = |line: &str| run(&server, line, "");
    let line = format!("webhook create {} --event alias.updated --event alias.deleted", receiver.url());
    let made = run(&line);
    assert!(made.code == 0 && made.errors.contains("shown this once"), "{made:?}");
    assert!(made.output.contains("\nsecret whsec_"), "{made:?}");
    let list = run("webhook list --json").json();
    let id = list["webhooks"][0]["webhook_id"].as_str().unwrap().to_owned();
    assert_eq!(list["webhooks"][0]["events"], json!(["alias.updated", "alias.deleted"]));
    let taken = run(&format!("webhook test {id}"));
    assert!(taken.code == 0 && taken.output.contains(" took the message in "), "{taken:?}");
    assert_eq!(receiver.seen()[0].json()["type"], "webhook.test");
    receiver.answer(&["500 Internal Server Error"]);
    let refused = run(&format!("webhook test {id}"));
    assert!(refused.code == 3 && refused.output.contains("it answered 500"), "{refused:?}");
    let deliveries = run(&format!("webhook deliveries {id}"));
    assert!(
        deliveries.output.contains("delivered") && deliveries.output.contains("failed"),
        "{deliveries:?}"
    );
    let rotated = run(&format!("webhook rotate {id}"));
    assert!(rotated.code == 0 && rotated.output.contains("\nsecret whsec_"), "{rotated:?}");
    assert_eq!(run(&format!("webhook update {id} --event alias.created")).code, 0);
    assert_eq!(run(&format!("webhook disable {id} --yes")).code, 0);
    let shown = run(&format!("webhook get {id} --json")).json();
    assert_eq!((&shown["active"], &shown["events"]), (&false.into(), &json!(["alias.created"])));
    assert_eq!(run(&format!("webhook enable {id}")).code, 0);
    let unasked = run(&format!("webhook delete {id}"));
    assert!(unasked.code == 64 && unasked.errors.contains(&receiver.url()), "{unasked:?}");
    assert_eq!(run(&format!("webhook delete {id} --yes")).code, 0);
    let gone = run(&format!("webhook get {id}"));
    assert!(gone.code == 4 && gone.errors.contains("aliasctl webhook list"), "{gone:?}");
    let unknown = run(&format!("webhook create {} --event alias.updatd", receiver.url()));
    assert!(unknown.code == 1 && unknown.errors.contains("alias.updated"), "{unknown:?}");
}

#[test]
fn the_jobs_of_a_team_are_listed_by_how_they_stand() {
    let server = onboarded();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    assert_eq!(run("job list newclient-prod").output, "none\n");
    let key = server.ok("POST", "/api/teams/newclient-prod/keys", Some(json!({})));
    let key = key["virtual_key"].as_str().unwrap();
    for job_type in ["chat", "document_analysis"] {
        let body = json!({"team_id": "newclient-prod", "job_type": job_type});
        let made = server.team(key, "POST", "/api/jobs/create", Some(&body.to_string()));
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let list = run("job list newclient-prod");
    assert!(list.output.contains("pending") && list.output.contains("document_analysis"), "{list:?}");
    let some = run("job list newclient-prod --status pending --type chat --json").json();
    assert_eq!((some["jobs"].as_array().unwrap().len(), &some["jobs"][0]["job_type"]), (1, &"chat".into()));
    assert_eq!(run("job list newclient-prod --status completed").output, "none\n");
    let near = run("job list newclient-prd");
    assert!(near.code == 4 && near.errors.contains("newclient-prod"), "{near:?}");
}

#[test]
fn what_a_model_costs_is_set_by_hand_and_all_digits_of_it_are_kept() {
    let server = onboarded();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    let set =
        run("catalog set mycloud/large --input-price 2.505 --output-price 10 --max-input-tokens 128000");
    assert_eq!((set.code, set.output.as_str()), (0, "model mycloud/large set\n"), "{set:?}");
    let shown = run("catalog get mycloud/large --json").json();
    assert_eq!((&shown["prices"]["input"], &shown["max_input_tokens"]), (&json!(2.505), &128_000.into()));
    assert_eq!(run("catalog set mycloud/large --unpriced").code, 0);
    let shown = run("catalog get mycloud/large --json").json();
    assert_eq!((&shown["prices"], &shown["max_input_tokens"]), (&json!(null), &128_000.into()));
    let wrong = run("catalog set mycloud/large --input-price -1 --output-price 1");
    assert_ne!(wrong.code, 0, "{wrong:?}");
    for line in [
        "catalog set a/b",
        "catalog set a/b --input-price 1",
        "catalog set a/b --input-price x --output-price 1",
    ] {
        assert_eq!(run(line).code, 64, "{line}");
    }
}

#[test]
fn prices_of_models_come_from_a_file_or_an_address_in_parts() {
    let server = keyed(&[]);
    let mut map = serde_json::Map::new();
    for at in 0..700 {
        let entry = json!({"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6});
        map.insert(format!("house-{at}"), entry);
    }
    map.insert("wrong".to_owned(), json!({"litellm_provider": "openai", "input_cost_per_token": "much"}));
    let text = serde_json::Value::Object(map).to_string();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    let line = format!("catalog update {}", file.path().to_str().unwrap());
    let tried = run(&server, &format!("{line} --dry-run"), "");
    assert!(tried.code == 0 && tried.output.contains("700 would be added"), "{tried:?}");
    assert!(tried.errors.starts_with("wrong: "), "{tried:?}");
    assert_eq!(run(&server, "catalog get openai/house-1", "").code, 4);
    assert!(run(&server, &line, "").output.contains("700 were added"));
    let model = run(&server, "catalog get openai/house-699 --json", "").json();
    assert_eq!((&model["prices"]["input"], &model["source"]), (&json!(1), &json!("litellm")));
    // The same from an address, which is not shown the admin key.
    let (address, seen) = answers(vec![("200 OK", text)]);
    let again = run(&server, &format!("catalog update http://{address}/map.json --json"), "").json();
    assert_eq!((&again["unchanged"], &again["added"], &again["unread"]), (&json!(700), &json!(0), &json!(1)));
    let (seen, _) = seen.join().unwrap().remove(0);
    assert!(seen.starts_with("get /map.json") && !seen.contains("authorization"), "{seen}");
    let away = run(&server, "catalog update http://me:secret@127.0.0.1:1/map.json?token=secret", "");
    assert!(away.code == 7 && away.errors.contains("cannot reach http://127.0.0.1:1/map.json"), "{away:?}");
    assert!(!away.errors.contains("secret"), "{away:?}");
    let no_map = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(no_map.path(), r#"{"openapi": {"x": 1}}"#).unwrap();
    let none = run(&server, &format!("catalog update {}", no_map.path().to_str().unwrap()), "");
    assert!(none.code == 1 && none.errors.contains("no model could be read"), "{none:?}");
    let none = run(&server, "catalog update /dev/null", "");
    assert!(none.code == 1 && none.errors.contains("it is no JSON"), "{none:?}");
}

#[test]
fn prices_that_stop_in_the_middle_say_how_far_they_came() {
    let entry = json!({"litellm_provider": "openai", "mode": "chat"});
    let map: serde_json::Map<_, _> = (0..700).map(|at| (format!("m{at:03}"), entry.clone())).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), serde_json::Value::Object(map).to_string()).unwrap();
    let taken = json!({"read": 300, "added": 300, "unread_entries": []}).to_string();
    let away = json!({"title": "Forbidden", "code": "forbidden"}).to_string();
    let update = |more: &[&str]| {
        let (address, seen) = answers(vec![("200 OK", taken.clone()), ("403 Forbidden", away.clone())]);
        let line = [&["catalog", "update", file.path().to_str().unwrap()], more].concat();
        let said = ctl(&line).with("ALIAS_URL", &format!("http://{address}")).run();
        (said, seen.join().unwrap())
    };
    let (said, seen) = update(&[]);
    assert!(said.code == 6 && said.output.is_empty(), "{said:?}");
    assert!(
        said.errors.starts_with("300 of 700 entries were taken in before: repeat the command\n"),
        "{said:?}"
    );
    let sent = |of: &str| {
        serde_json::from_str::<serde_json::Value>(of).unwrap()["models"].as_object().unwrap().len()
    };
    assert_eq!(seen.iter().map(|(_, body)| sent(body)).collect::<Vec<_>>(), [300, 300]);
    // Of one that was only tried out, nothing was taken in.
    let (said, _) = update(&["--dry-run"]);
    assert!(said.code == 6 && !said.errors.contains("taken in"), "{said:?}");
}
