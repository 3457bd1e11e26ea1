//! Pages: every error's section of `docs/reference/errors.md`, which its `type` points at, and the reference of the API.

pub mod reference;

use std::sync::LazyLock;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use pulldown_cmark::{Parser, html};

use crate::error::{ApiError, Code};

/// The whole page.
const ERRORS: &str = include_str!("../../docs/reference/errors.md");

/// The page in sections: the words of errors, and what is said of them.
static SECTIONS: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| ERRORS.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect());

/// All errors, on one page.
///
/// Markdown where `Accept` asks for `text/markdown`, else HTML.
#[utoipa::path(get, path = "/docs/errors", tag = "operations", responses((status = 200, description = "Every error, as a page.")))]
pub async fn errors(request: HttpRequest) -> HttpResponse {
    page(&request, "Errors", ERRORS.to_owned())
}

/// What an error means, and what to do.
///
/// # Errors
/// 404 for a word that no error has.
#[utoipa::path(
    get, path = "/docs/errors/{code}", tag = "operations", operation_id = "explain_error",
    params(("code" = String, Path, description = "The error's `code`.", example = "alias_already_exists")),
    responses(
        (status = 200, description = "The error, as a page."),
        (status = 404, description = "No error is called so."),
    ),
)]
pub async fn error(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let Some((word, text)) = SECTIONS.iter().find(|(word, _)| *word == code.as_str()) else {
        return Err(ApiError::new(Code::RouteNotFound, "No error is called so. See /docs/errors."));
    };
    Ok(page(&request, word, format!("# {word}\n{text}\n[All errors](/docs/errors)\n")))
}

fn page(request: &HttpRequest, title: &str, markdown: String) -> HttpResponse {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/markdown") {
        return HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(markdown);
    }
    let mut body = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Model Aliases</title>\n<main>\n"
    );
    html::push_html(&mut body, Parser::new(&markdown));
    body.push_str("</main>\n</html>\n");
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator;

    #[test]
    fn every_error_has_its_section_and_no_section_is_left_over() {
        let words: BTreeSet<_> = Code::iter().map(Code::word).collect();
        let sections: BTreeSet<_> = SECTIONS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, sections);
        assert!(SECTIONS.iter().map(|(word, _)| *word).is_sorted());
    }
}
