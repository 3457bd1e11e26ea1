//! Texts of the OpenAPI document as HTML.

use pulldown_cmark::{Parser, html};
use serde_json::Value;

/// A text, which is shown and not run.
pub(super) fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

/// A text in Markdown.
pub(super) fn markdown(value: &Value) -> String {
    rendered(value.as_str().unwrap_or_default())
}

/// Markdown as HTML. Code that is wider than the screen is scrolled, and so it is reached by keyboard.
pub(super) fn rendered(markdown: &str) -> String {
    let mut page = String::new();
    html::push_html(&mut page, Parser::new(markdown));
    page.replace("<pre>", "<pre tabindex=\"0\">")
}

/// What is shown as it is.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
