//! What a person at a terminal sees: a bar while a long list is read, colours, and a question before a loss.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use crate::provider::Provider;
use crate::server::{Server, Setup};

/// A terminal: the end that a person has, and the end that a program has.
fn terminal() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let program = File::options().read(true).write(true).open(name).unwrap();
    (File::from(person), program)
}

/// Runs a command at a terminal where somebody types; answers its status and all that was seen.
fn seen(server: &Server, arguments: &[&str], typed: &str) -> (i32, String) {
    let (mut person, program) = terminal();
    let end = || Stdio::from(program.try_clone().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_aliasctl"))
        .env_clear()
        .env("TERM", "xterm")
        .env("ALIAS_URL", format!("http://{}", server.address))
        .args(arguments)
        .stdin(end())
        .stdout(end())
        .stderr(end())
        .spawn()
        .unwrap();
    drop(program);
    person.write_all(typed.as_bytes()).unwrap();
    let (mut all, mut part) = (Vec::new(), [0; 4096]);
    // The last end that closes is an error for who reads the other one.
    while let Ok(count @ 1..) = person.read(&mut part) {
        all.extend_from_slice(&part[..count]);
    }
    (child.wait().unwrap().code().unwrap(), String::from_utf8_lossy(&all).into_owned())
}

#[test]
fn a_long_list_shows_a_bar_and_colours_and_none_of_them_off_the_terminal() {
    let server = Setup::default().start();
    for number in 0..1_001 {
        let body = json!({"alias": format!("a{number:04}"), "litellm_model": "openai/gpt-4"});
        server.ok("POST", "/api/model-aliases/create", Some(body));
    }
    let (code, all) = seen(&server, &["alias", "list"], "");
    assert_eq!(code, 0, "{all}");
    assert!(all.contains("reading [") && all.contains("1000/1001"), "no bar");
    assert!(all.contains("\u{1b}[") && all.contains("a1000"), "no colours, or not the whole list");
    let (_, quiet) = seen(&server, &["alias", "list", "--quiet"], "");
    assert!(!quiet.contains("reading ["), "a bar although quiet");
    let piped = super::ctl(&["alias", "list"]).at(&server).run();
    assert_eq!((piped.code, piped.errors.as_str(), piped.output.lines().count()), (0, "", 1_002));
}

#[test]
fn a_measurement_asks_and_shows_how_far_it_is() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key).unwrap();
    let file = file.path().to_str().unwrap();
    let line = ["bench", "smart", "--team-key-file", file, "--rps", "100", "--duration", "300ms"];
    let (code, all) = seen(&server, &line, "y\n");
    assert_eq!(code, 0, "{all}");
    assert!(all.contains("Make 30 calls of smart?") && all.contains("Go on? [y/N]"), "{all}");
    assert!(all.contains("resolve [") && all.contains("call [") && all.contains("/30"), "no bar: {all}");
    let (code, all) = seen(&server, &line, "n\n");
    assert!(code == 1 && !all.contains("call ["), "{all}");
}

#[test]
fn a_loss_is_asked_about_and_only_a_yes_goes_on() {
    let server = super::onboarded();
    let (code, all) = seen(&server, &["alias", "delete", "gpt-3.5-turbo"], "n\n");
    assert!(code == 1 && all.contains("1 team loses it") && all.contains("Go on? [y/N]"), "{all}");
    assert_eq!(server.admin("GET", "/api/model-aliases/gpt-3.5-turbo", None).status, 200);
    let (code, all) = seen(&server, &["alias", "delete", "gpt-3.5-turbo"], "y\n");
    assert!(code == 0 && all.contains("alias gpt-3.5-turbo deleted"), "{all}");
    assert_eq!(server.admin("GET", "/api/model-aliases/gpt-3.5-turbo", None).status, 404);
}
