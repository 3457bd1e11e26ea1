//! Texts of the OpenAPI document as HTML.

use pulldown_cmark::{Parser, html};
use serde_json::Value;

/// A text, which is shown and not run.
pub(super) fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

/// A text in Markdown.
pub(super) fn markdown(value: &Value) -> String {
    let mut page = String::new();
    html::push_html(&mut page, Parser::new(value.as_str().unwrap_or_default()));
    page
}

/// What is shown as it is.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
