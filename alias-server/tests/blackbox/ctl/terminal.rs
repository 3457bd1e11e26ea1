//! What a person at a terminal sees: a bar while a long list is read, colours, lines that fit, and a question before a
//! loss; and that Ctrl-C ends what goes on.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::json;

use crate::provider::Provider;
use crate::server::{Server, Setup};

/// A terminal of so many columns: the end that a person has, and the end that a program has.
fn terminal(columns: u16) -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let program = File::options().read(true).write(true).open(name).unwrap();
    tcsetwinsize(&program, Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (File::from(person), program)
}

/// A command that runs at a terminal, where somebody sees and types.
struct Session {
    child: Child,
    person: File,
    seen: Vec<u8>,
}

impl Session {
    /// At a terminal of so many columns, with these variables.
    fn start(columns: u16, variables: &[(&str, &str)], server: &Server, arguments: &[&str]) -> Self {
        Self::with(columns, variables, server.address, arguments)
    }

    fn with(columns: u16, variables: &[(&str, &str)], server: SocketAddr, arguments: &[&str]) -> Self {
        let (person, program) = terminal(columns);
        let end = || Stdio::from(program.try_clone().unwrap());
        let child = Command::new(env!("CARGO_BIN_EXE_aliasctl"))
            .env_clear()
            .envs(variables.iter().copied())
            .env("ALIAS_URL", format!("http://{server}"))
            .args(arguments)
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        Self { child, person, seen: Vec::new() }
    }

    /// Reads on; false at the end, where the last end that closes is an error for who reads the other one.
    fn read(&mut self) -> bool {
        let mut part = [0; 4096];
        let count = self.person.read(&mut part).unwrap_or(0);
        self.seen.extend_from_slice(&part[..count]);
        count > 0
    }

    /// Reads until this is seen.
    fn until(&mut self, text: &str) {
        self.until_one_of(&[text]);
    }

    /// Reads until one of these is seen.
    fn until_one_of(&mut self, texts: &[&str]) {
        let seen = |seen: &[u8]| texts.iter().any(|text| String::from_utf8_lossy(seen).contains(text));
        while !seen(&self.seen) {
            assert!(self.read(), "it ended: {}", String::from_utf8_lossy(&self.seen));
        }
    }

    fn type_in(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// Its status, and all that was seen.
    fn end(mut self) -> (i32, String) {
        while self.read() {}
        (self.child.wait().unwrap().code().unwrap(), String::from_utf8_lossy(&self.seen).into_owned())
    }
}

/// What is seen of a command at a wide terminal, and its status; what is typed is there from the beginning.
fn seen(server: &Server, arguments: &[&str], typed: &str) -> (i32, String) {
    let mut session = Session::start(200, &[("TERM", "xterm")], server, arguments);
    session.type_in(typed);
    session.end()
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

#[test]
fn lines_are_as_long_as_the_terminal_is_wide_and_titles_stay_whole() {
    let server = super::onboarded();
    let seen = |columns| {
        let plain = [("TERM", "xterm"), ("NO_COLOR", "1")];
        let (code, all) = Session::start(columns, &plain, &server, &["alias", "list"]).end();
        assert_eq!(code, 0, "{all}");
        all.replace('\r', "")
    };
    let (narrow, broad) = (seen(90), seen(160));
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest(&narrow) <= 90 && longest(&broad) > 90, "{narrow}\n{broad}");
    for title in ["ALIAS", "MODEL", "ACTIVE", "TEAMS", "CALLS", "DESCRIPTION"] {
        assert!(narrow.lines().next().unwrap().contains(title), "{narrow}");
    }
    assert_eq!(broad.lines().count(), 4, "a line for each alias: {broad}");
}

#[test]
fn a_terminal_that_can_do_nothing_is_asked_for_nothing() {
    let server = super::onboarded();
    for number in 0..1_001 {
        let body = json!({"alias": format!("a{number:04}"), "litellm_model": "openai/gpt-4"});
        server.ok("POST", "/api/model-aliases/create", Some(body));
    }
    let (code, all) = Session::start(200, &[("TERM", "dumb")], &server, &["alias", "list"]).end();
    assert!(code == 0 && all.contains("a1000"), "{all}");
    assert!(!all.contains('\u{1b}') && !all.contains("reading ["), "colours, or a bar");
    let plain = [("TERM", "xterm"), ("NO_COLOR", "1")];
    let (_, plain) = Session::start(200, &plain, &server, &["team", "list"]).end();
    assert!(plain.contains("newclient-prod") && !plain.contains('\u{1b}'), "colours: {plain}");
}

#[test]
fn ctrl_c_ends_what_goes_on_with_a_number_of_its_own() {
    let server = super::onboarded();
    let mut child = Command::new(env!("CARGO_BIN_EXE_aliasctl"))
        .env_clear()
        .env("ALIAS_URL", format!("http://{}", server.address))
        .args(["audit", "tail"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("done team.create newclient-prod")), "it tells nothing");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn of_two_who_are_asked_about_the_same_plan_the_first_yes_wins_and_the_other_is_told() {
    let server = super::onboarded();
    let folder = tempfile::tempdir().unwrap();
    let apply = |model: &str| {
        let file = folder.path().join(model);
        std::fs::write(&file, format!("version: 1\naliases: {{smart: openai/{model}}}\n")).unwrap();
        let line = ["apply", "-f", file.to_str().unwrap()];
        let mut session = Session::start(200, &[("TERM", "dumb")], &server, &line);
        session.until("Go on? [y/N]");
        session
    };
    let (mut first, mut second) = (apply("gpt-4o"), apply("o1"));
    first.type_in("y\n");
    let (code, all) = first.end();
    assert!(code == 0 && all.contains("Done."), "{all}");
    second.type_in("y\n");
    let (code, all) = second.end();
    assert_eq!(code, 5, "{all}");
    assert!(all.contains("Plan outdated"), "{all}");
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["litellm_model"], "openai/gpt-4o");
}

#[test]
fn what_takes_a_while_shows_what_goes_on_until_it_is_done() {
    let slow = TcpListener::bind("127.0.0.1:0").unwrap();
    let variables = [("TERM", "xterm")];
    let mut session = Session::with(200, &variables, slow.local_addr().unwrap(), &["export"]);
    // Nobody has answered: the sign is there, and moves.
    let later = ["1s", "2s", "3s", "4s", "5s", "6s"].map(|time| format!("reading the catalogue ({time})"));
    session.until_one_of(&later.each_ref().map(String::as_str));
    let (mut stream, _) = slow.accept().unwrap();
    super::head_of(&mut stream);
    super::answer(&mut stream, "200 OK", &json!({"version": 1}).to_string());
    let (code, all) = session.end();
    assert_eq!(code, 0, "{all}");
    let (_, after) = all.rsplit_once("reading the catalogue").unwrap();
    assert!(after.contains("\u{1b}[2K") || after.contains("\u{1b}[J"), "the sign stays: {all:?}");
    assert!(after.ends_with("version: 1\r\n"), "{all:?}");
}
