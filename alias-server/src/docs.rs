//! Pages: every error's section of `docs/reference/errors.md`, which its `type` points at, the API by its operations and
//! by its objects, and the list of all of these for programs that read text.

mod objects;
pub mod reference;
mod words;

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};

use self::reference::{POLICY, STYLE};
use crate::admin::query::{NoParameters, Query};
use crate::error::{ApiError, Code};

/// Behind a path, it asks for the page's text.
const MARKDOWN: &str = ".md";

/// What a program reads first that is to use this server (llmstxt.org).
const LLMS: &str = "\
# Model Aliases

> Simple names for LLM models: clients call an alias such as `smart`, the server knows which provider's model that is, who may call it, and what it cost.

- Calls go to `/v1`, in OpenAI's format (`/v1/chat/completions` and others; `/v1/messages` takes Anthropic's), with the key of a team: `Authorization: Bearer sk-…`. `GET /v1/models` lists what the key may call.
- `/api` administers aliases, access groups, organizations, teams and keys, with an admin key or token in the same header.
- Errors have a stable `code`, and `available_models` where a model was refused. `x-should-retry: false` says that repeating changes nothing.

## API

- [OpenAPI document](/openapi.json): every operation, with examples
- [Operations](/docs): the same as a page
- [Objects](/redoc): every field of every body and answer
- [Catalogue file](/schema/aliases-v1.json): the JSON Schema of what `POST /api/apply` takes

## Errors

- [All errors](/docs/errors.md)
";

/// The whole page.
const ERRORS: &str = include_str!("../../docs/reference/errors.md");

/// The page in sections: the words of errors, and what is said of them.
static SECTIONS: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| ERRORS.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect());

/// List the pages of this server, for programs that read text.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(get, path = "/llms.txt", tag = "operations", operation_id = "list_pages", responses((status = 200, description = "The pages, by the conventions of llmstxt.org.", content_type = "text/plain")))]
pub async fn llms(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    let mut list = LLMS.to_owned();
    for (word, text) in SECTIONS.iter() {
        let means = text.trim().lines().next().unwrap_or_default();
        let _ = writeln!(list, "- [{word}](/docs/errors/{word}{MARKDOWN}): {means}");
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(list))
}

/// All errors, on one page.
///
/// Markdown where `Accept` asks for `text/markdown`, else HTML.
#[utoipa::path(get, path = "/docs/errors", tag = "operations", responses((status = 200, description = "Every error, as a page.", content((String = "text/html"), (String = "text/markdown")))))]
pub async fn errors(request: HttpRequest) -> HttpResponse {
    page("Errors", ERRORS.to_owned(), wants_markdown(&request))
}

/// All errors, as Markdown.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(get, path = "/docs/errors.md", tag = "operations", operation_id = "errors_as_text", responses((status = 200, description = "Every error, as Markdown.", content_type = "text/markdown")))]
pub async fn errors_as_text(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    Ok(page("Errors", ERRORS.to_owned(), true))
}

/// What an error means, why it comes, and what to do.
///
/// Markdown where `Accept` asks for `text/markdown`, or `.md` stands behind the code; else HTML.
///
/// # Errors
/// 404 for a word that no error has.
#[utoipa::path(
    get, path = "/docs/errors/{code}", tag = "operations", operation_id = "explain_error",
    params(("code" = String, Path, description = "The error's `code`.", example = "alias_already_exists")),
    responses(
        (status = 200, description = "The error, as a page.", content((String = "text/html"), (String = "text/markdown"))),
        (status = 404, description = "No error is called so."),
    ),
)]
pub async fn error(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let (asked, as_text) = match code.strip_suffix(MARKDOWN) {
        Some(word) => (word, true),
        None => (code.as_str(), wants_markdown(&request)),
    };
    let Some((word, text)) = SECTIONS.iter().find(|(word, _)| *word == asked) else {
        return Err(ApiError::new(Code::RouteNotFound, "No error is called so. See /docs/errors."));
    };
    Ok(page(word, format!("# {word}\n{text}\n[All errors](/docs/errors)\n"), as_text))
}

fn wants_markdown(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/markdown"))
}

fn page(title: &str, markdown: String, as_text: bool) -> HttpResponse {
    if as_text {
        return HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(markdown);
    }
    let mut body = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Model Aliases</title>\
         <style>{STYLE}</style>\n<main>\n"
    );
    body.push_str(&words::rendered(&markdown));
    body.push_str("</main>\n</html>\n");
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Dialect, Member};
    use clap::Args as _;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator;

    #[test]
    fn every_error_has_its_section_and_no_section_is_left_over() {
        let words: BTreeSet<_> = Code::iter().map(Code::word).collect();
        let sections: BTreeSet<_> = SECTIONS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, sections);
        assert!(SECTIONS.iter().map(|(word, _)| *word).is_sorted());
    }

    /// The answer that a section shows: its status, and its body.
    fn example(text: &str) -> Option<(u16, Value)> {
        let (_, block) = text.split_once("```http\nHTTP/1.1 ")?;
        let (head, body) = block.split_once("\n\n")?;
        let body = body.split_once("\n```")?.0;
        Some((head.get(..3)?.parse().ok()?, serde_json::from_str(body).ok()?))
    }

    #[test]
    fn every_error_says_what_it_means_why_it_comes_what_to_do_and_how_its_answer_looks() {
        for (word, text) in SECTIONS.iter() {
            let parts: Vec<&str> = text.trim().split("\n\n").collect();
            assert!(parts.first().is_some_and(|means| means.ends_with('.')), "{word}: what it means");
            assert!(parts.get(1).is_some_and(|part| part.starts_with("**Why it comes.** ")), "{word}");
            assert!(parts.get(2).is_some_and(|part| part.starts_with("**What to do.** ")), "{word}");
            let (status, shown) = example(text).unwrap_or_else(|| panic!("{word} shows no answer"));
            let problem = shown.get("type").is_some();
            let said = if problem { &shown } else { &shown["error"] };
            let sentence = said["detail"].as_str().or(said["message"].as_str()).unwrap();
            let of_it = |code: &Code| code.word() == *word && code.status().as_u16() == status;
            let code = Code::iter().find(of_it).unwrap_or_else(|| panic!("{word} is not answered {status}"));
            let path = said["instance"].as_str().unwrap_or("/v1/chat/completions");
            let dialect = if problem { Dialect::Problem } else { Dialect::OpenAi };
            assert_eq!(Dialect::of(path), dialect, "{word}");
            let request_id = said["request_id"].as_str().unwrap();
            let answered = ApiError::new(code, sentence).body(dialect, path, request_id);
            let answered = if problem { &answered } else { &answered["error"] };
            for (member, value) in answered.as_object().unwrap() {
                assert!(member == "param" || said[member] == *value, "{word}: {member} is {value}");
            }
        }
    }

    #[test]
    fn every_member_of_an_error_is_told_and_none_besides() {
        let mut shown = BTreeSet::new();
        for (word, text) in SECTIONS.iter() {
            let (_, body) = example(text).unwrap();
            let problem = body.get("type").is_some();
            let (said, dialect) =
                if problem { (&body, Dialect::Problem) } else { (&body["error"], Dialect::OpenAi) };
            let always = ApiError::new(Code::InternalError, "").body(dialect, "/api/jobs", "");
            let always = if problem { &always } else { &always["error"] };
            for name in said.as_object().unwrap().keys().filter(|name| always.get(name).is_none()) {
                let may =
                    Member::ALL.into_iter().any(|one| one.word() == name && (problem || one.is_of_calls()));
                assert!(may, "{word} shows {name}");
                shown.insert(name.clone());
            }
        }
        for member in Member::ALL.map(Member::word) {
            assert!(shown.contains(member) || ERRORS.contains(&format!("`{member}`")), "{member}");
        }
    }

    #[test]
    fn settings_md_has_exactly_the_settings_that_there_are() {
        let command = crate::config::Settings::augment_args(clap::Command::new("alias-server"));
        let mut table = "| flag | environment | sets | default |\n|---|---|---|---|\n".to_owned();
        for argument in command.get_arguments() {
            let flag = argument.get_long().unwrap();
            let help = argument.get_help().unwrap().to_string();
            let (sets, default) = noted(&help, "[default: ");
            let (sets, told) = noted(&sets, "[env: ");
            let variable =
                argument.get_env().map(|name| name.to_string_lossy().into_owned()).or(told).unwrap();
            let default = default.unwrap_or_else(|| "none".into());
            writeln!(table, "| `--{flag}` | `{variable}` | {sets} | {default} |").unwrap();
        }
        let page = include_str!("../../docs/reference/settings.md");
        assert!(page.contains(&table), "docs/reference/settings.md has to have this table:\n{table}");
    }

    #[test]
    fn roles_md_has_exactly_who_may_do_what() {
        use alias_core::access::Action;
        let rows: [(&str, &[Action]); 15] = [
            (
                "see aliases, access groups, notices, models of providers and their prices; impact, plan and export",
                &[Action::ReadCatalog],
            ),
            ("change these; test an alias; apply a file; value calls afterwards", &[Action::WriteCatalog]),
            ("see the system: `/version`, `/metrics`, replicas, instances, upstream", &[Action::ReadSystem]),
            ("retire instances", &[Action::OperateSystem]),
            (
                "see organizations, teams, masked keys, usage, credits, budgets, webhooks, jobs, notices of a team; explain a call",
                &[Action::ReadOrganizations, Action::ReadTeams, Action::ReadKeys],
            ),
            ("rename its organization", &[Action::EditOrganization]),
            ("make, stop and delete organizations", &[Action::GovernOrganizations]),
            (
                "rename teams, set their default model; register, change, test and delete webhooks of teams",
                &[Action::EditTeam],
            ),
            ("make, stop and delete teams", &[Action::GovernTeams]),
            ("make, rotate, limit and revoke keys", &[Action::WriteKeys]),
            ("grant access groups", &[Action::GrantAccess]),
            ("give credits; say how they are counted, refills, markups, budgets", &[Action::AllocateCredits]),
            (
                "read and check the audit log; the history of an access group; `GET /api/usage/verify`",
                &[Action::ReadAudit],
            ),
            ("accounts and tokens", &[Action::ReadIdentities, Action::WriteIdentities]),
            ("see oneself, sign out, change one's own password", &[Action::Oneself]),
        ];
        let page = include_str!("../../docs/reference/roles.md");
        for (what, actions) in rows {
            for action in actions {
                let row = format!("| {what} |{}\n", cells(*action));
                assert!(page.contains(&row), "docs/reference/roles.md has to have this row:\n{row}");
            }
        }
        let told: Vec<Action> = rows.iter().flat_map(|(_, actions)| *actions).copied().collect();
        let untold: Vec<Action> = Action::ALL.into_iter().filter(|action| !told.contains(action)).collect();
        assert!(untold.is_empty(), "docs/reference/roles.md has no row for {untold:?}");
        // Besides: its head, and webhooks of no team, which their handlers see to.
        let lines = page.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 8);
        assert_eq!(lines.count(), rows.len() + 2, "a row that nothing compares");
    }

    /// A row of the table of roles: who does it, and where who belongs to an organization does it.
    fn cells(action: alias_core::access::Action) -> String {
        use alias_core::access::{Action, Belonging, Role};
        let of = |role: Role| match (role.belonging(), action.is_within_organizations()) {
            _ if !action.roles().any(|does| does == role) => " – |",
            _ if action == Action::Oneself => " yes |",
            (Belonging::Never, _)
                if role == Role::Admin
                    && matches!(action, Action::ReadIdentities | Action::WriteIdentities) =>
            {
                " but owners |"
            }
            (Belonging::Never, _) => " yes |",
            (Belonging::Always, _) => " its own |",
            (Belonging::AtWill, true) => " yes² |",
            (Belonging::AtWill, false) => " yes¹ |",
        };
        Role::ALL.into_iter().map(of).collect()
    }

    #[test]
    fn events_md_has_every_event() {
        let page = include_str!("../../docs/reference/events.md");
        for event in alias_core::webhook::EventType::ALL {
            assert!(page.contains(&format!("`{}`", event.as_str())), "{}", event.as_str());
        }
    }

    /// A text without the note that begins so, and the note.
    fn noted(text: &str, begins: &str) -> (String, Option<String>) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((before, rest)) = text.split_once(begins) else { return (text, None) };
        let (note, after) = rest.split_once(']').unwrap();
        (format!("{}{after}", before.trim_end()), Some(note.to_owned()))
    }
}
