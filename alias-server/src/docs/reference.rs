//! `/docs`: the API as a page, operation by operation, made of the OpenAPI document. It loads nothing from anywhere, and
//! runs no script.

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use data_encoding::BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::objects;
use super::words::{escaped, markdown, text};
use crate::admin::query::{NoParameters, Query};
use crate::error::ApiError;
use crate::openapi::DOCUMENT;

pub(super) const STYLE: &str = "\
:root{color-scheme:light dark}body{margin:0;font:16px/1.5 system-ui,sans-serif;display:flex}\
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;min-width:17rem;box-sizing:border-box;font-size:.85rem;border-right:1px solid #8884}\
nav ul{list-style:none;padding:0;margin:0 0 1rem}nav a{text-decoration:none}main{padding:1rem 2rem;max-width:60rem;min-width:0}\
section{border-top:1px solid #8884;padding:.5rem 0 1rem}code,pre{font:.85em ui-monospace,monospace}pre{overflow:auto;padding:.75rem;background:#8881;border-radius:.25rem}\
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}b.m{display:inline-block;min-width:4em}\
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}main{overflow-wrap:anywhere;padding:1rem}}";

/// Nothing but this very style sheet.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'")
});

static PAGE: LazyLock<String> = LazyLock::new(|| page(&read()));
static OBJECTS: LazyLock<String> = LazyLock::new(|| objects::page(&read()));

fn read() -> Value {
    serde_json::from_str(&DOCUMENT).unwrap_or_default()
}

/// Show the API as a page.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(get, path = "/docs", tag = "operations", operation_id = "show_reference", responses((status = 200, description = "Every operation, as a page.", content_type = "text/html")))]
pub async fn show(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    Ok(answer(&PAGE))
}

/// Show the objects of the API as a page.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(get, path = "/redoc", tag = "operations", operation_id = "show_objects", responses((status = 200, description = "Every object that the API takes and answers, field by field, as a page.", content_type = "text/html")))]
pub async fn show_objects(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    Ok(answer(&OBJECTS))
}

fn answer(page: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(page)
}

/// One operation, and where it is.
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) said: &'a Value,
}

impl Operation<'_> {
    pub(super) fn id(&self) -> &str {
        self.said["operationId"].as_str().unwrap_or_default()
    }

    fn is_of(&self, tag: &str) -> bool {
        self.said["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag))
    }
}

/// Every operation of the document.
pub(super) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(said) = item.get(method) {
                all.push(Operation { method, path, said });
            }
        }
    }
    all
}

/// What both pages begin with, up to what stands in their margin.
pub(super) fn head(document: &Value, of: &str) -> String {
    let title = text(&document["info"]["title"]);
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · {of}</title><style>{STYLE}</style>\n<nav><p><a href=\"/docs\">Operations</a> · \
         <a href=\"/redoc\">Objects</a> · <a href=\"/docs/errors\">Errors</a> · <a href=\"/openapi.json\">OpenAPI</a></p>\n"
    )
}

fn page(document: &Value) -> String {
    let all = operations(document);
    let title = text(&document["info"]["title"]);
    let mut page = head(document, "operations");
    let tags = || document["tags"].as_array().into_iter().flatten();
    for tag in tags() {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(page, "<b>{}</b><ul>", escaped(name));
        for one in all.iter().filter(|one| one.is_of(name)) {
            let _ = write!(page, "<li><a href=\"#{}\">{}</a></li>", one.id(), text(&one.said["summary"]));
        }
        page.push_str("</ul>\n");
    }
    let _ = write!(page, "</nav>\n<main><h1>{title}</h1>{}", markdown(&document["info"]["description"]));
    for tag in tags() {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(page, "<h2>{}</h2>{}", escaped(name), markdown(&tag["description"]));
        all.iter().filter(|one| one.is_of(name)).for_each(|one| operation(&mut page, one));
    }
    page.push_str("</main>\n</html>\n");
    page
}

fn operation(page: &mut String, one: &Operation<'_>) {
    let method = one.method.to_uppercase();
    let _ = write!(
        page,
        "<section id=\"{}\"><h3>{}</h3><p><b class=\"m\">{method}</b> <code>{}</code></p>{}",
        one.id(),
        text(&one.said["summary"]),
        escaped(one.path),
        markdown(&one.said["description"]),
    );
    if let Some(roles) = one.said["x-roles"].as_array() {
        let roles: Vec<&str> = roles.iter().filter_map(Value::as_str).collect();
        let _ = write!(page, "<p>For {}.</p>", roles.join(", "));
    }
    parameters(page, &one.said["parameters"]);
    let example = one.said.pointer("/requestBody/content/application~1json/example");
    let _ = write!(page, "<pre tabindex=\"0\">{}</pre>", escaped(&command(&method, one.path, example)));
    for (status, said) in answers(one.said) {
        let Some(example) = said.pointer("/content/application~1json/example") else { continue };
        let example = serde_json::to_string_pretty(example).unwrap_or_default();
        let _ = write!(
            page,
            "<details><summary>{status}</summary><pre tabindex=\"0\">{}</pre></details>",
            escaped(&example)
        );
    }
    page.push_str("<table>");
    for (status, said) in answers(one.said) {
        let _ = write!(
            page,
            "<tr><td><code>{}</code></td><td>{}</td></tr>",
            escaped(status),
            text(&said["description"])
        );
    }
    page.push_str("</table></section>\n");
}

/// What an operation answers, by status.
pub(super) fn answers(said: &Value) -> impl Iterator<Item = (&String, &Value)> {
    said["responses"].as_object().into_iter().flatten()
}

fn parameters(page: &mut String, all: &Value) {
    let all: Vec<&Value> =
        all.as_array().into_iter().flatten().filter(|one| one["name"].is_string()).collect();
    if all.is_empty() {
        return;
    }
    page.push_str("<table>");
    for one in all {
        let _ = write!(
            page,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            text(&one["name"]),
            text(&one["in"]),
            text(&one["description"]),
        );
    }
    page.push_str("</table>");
}

/// What is typed to do it.
fn command(method: &str, path: &str, body: Option<&Value>) -> String {
    let verb = if method == "GET" { String::new() } else { format!(" -X {method}") };
    let mut command = format!("curl{verb} http://localhost:8003{path}");
    if let Some(body) = body {
        let body = serde_json::to_string_pretty(body).unwrap_or_default().replace('\'', "'\\''");
        let _ = write!(command, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_and_loads_nothing() {
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap();
        for operation in paths.values().flat_map(|item| item.as_object().unwrap().values()) {
            let anchor = format!("<section id=\"{}\">", operation["operationId"].as_str().unwrap());
            assert!(PAGE.contains(&anchor), "{anchor}");
        }
        for foreign in ["<script", "src=", "@import", "//cdn", "href=\"http"] {
            assert!(!PAGE.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn what_is_scrolled_is_reached_by_keyboard() {
        let errors = super::super::words::rendered(super::super::ERRORS);
        for page in [PAGE.as_str(), OBJECTS.as_str(), errors.as_str()] {
            assert!(!page.contains("<pre>"));
        }
        assert!(PAGE.contains("<pre tabindex=\"0\">") && errors.contains("<pre tabindex=\"0\">"));
    }

    #[test]
    fn what_the_document_says_is_shown_and_not_run() {
        let document = serde_json::json!({
            "info": {"title": "<b>"}, "tags": [{"name": "t"}],
            "paths": {"/x": {"get": {"operationId": "x", "tags": ["t"], "summary": "<script>", "parameters": [{"name": "\"", "in": "query"}]}}},
        });
        let page = page(&document);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
    }
}
