//! `/redoc`: the API as a page, object by object: which operations take and answer it, and its fields.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::reference::{Operation, answers, head, operations};
use super::words::{escaped, markdown, text};

/// Operations by the objects that they take, or answer.
type Uses<'a> = BTreeMap<&'a str, Vec<(&'static str, &'a str)>>;

/// The page of a document.
pub(super) fn page(document: &Value) -> String {
    let mut page = head(document, "objects");
    let schemas = document["components"]["schemas"].as_object();
    let mut named: Vec<_> = schemas.into_iter().flatten().collect();
    named.sort_by_key(|(name, _)| *name);
    page.push_str("<ul>");
    for (name, _) in &named {
        let _ = write!(page, "<li><a href=\"#{0}\">{0}</a></li>", escaped(name));
    }
    page.push_str(
        "</ul></nav>\n<main><h1>Objects</h1><p>What the operations take and answer, field by field.</p>\n",
    );
    let all = operations(document);
    let uses = uses(&all);
    for (name, schema) in named {
        object(&mut page, name, schema, uses.get(name.as_str()).map_or(&[], Vec::as_slice));
    }
    page.push_str("</main>\n</html>\n");
    page
}

fn uses<'a>(all: &'a [Operation<'a>]) -> Uses<'a> {
    let mut uses = Uses::new();
    for one in all {
        note(&mut uses, "taken by", one.id(), &one.said["requestBody"]);
        for (_, answer) in answers(one.said).filter(|(status, _)| status.starts_with('2')) {
            note(&mut uses, "answered by", one.id(), answer);
        }
    }
    uses
}

/// Notes every object that a body refers to.
fn note<'a>(uses: &mut Uses<'a>, how: &'static str, id: &'a str, body: &'a Value) {
    let mut open = vec![&body["content"]["application/json"]["schema"]];
    while let Some(schema) = open.pop() {
        if let Some(name) = referred(schema) {
            uses.entry(name).or_default().push((how, id));
        }
        open.extend(schema.as_object().into_iter().flat_map(|members| members.values()));
        open.extend(schema.as_array().into_iter().flatten());
    }
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn object(page: &mut String, name: &str, schema: &Value, uses: &[(&'static str, &str)]) {
    let name = escaped(name);
    let _ = write!(page, "<section id=\"{name}\"><h3>{name}</h3>{}", markdown(&schema["description"]));
    for how in ["taken by", "answered by"] {
        let by: Vec<String> = uses
            .iter()
            .filter(|(one, _)| *one == how)
            .map(|(_, id)| format!("<a href=\"/docs#{0}\">{0}</a>", escaped(id)))
            .collect();
        if !by.is_empty() {
            let _ = write!(page, "<p>{how} {}</p>", by.join(", "));
        }
    }
    let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
    let fields: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    if fields.is_empty() {
        let _ = write!(page, "<p>{}</p>", kind(schema));
    } else {
        page.push_str("<table>");
        for (field, said) in fields {
            let needed = if required.iter().any(|one| *one == field) { "" } else { " (may be absent)" };
            let _ = write!(
                page,
                "<tr><td><code>{}</code></td><td>{}{needed}</td><td>{}</td></tr>",
                escaped(field),
                kind(said),
                text(&said["description"]),
            );
        }
        page.push_str("</table>");
    }
    page.push_str("</section>\n");
}

/// What values a schema has, in words.
fn kind(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return format!("<a href=\"#{0}\">{0}</a>", escaped(name));
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> =
            words.iter().map(|word| format!("<code>{}</code>", escaped(&word.to_string()))).collect();
        return words.join(", ");
    }
    for every in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[every].as_array() {
            let between = if every == "allOf" { " and " } else { " or " };
            return parts.iter().map(kind).collect::<Vec<_>>().join(between);
        }
    }
    match &schema["type"] {
        Value::String(one) if one == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(one) if one == "object" && schema["additionalProperties"].is_object() => {
            format!("by name: {}", kind(&schema["additionalProperties"]))
        }
        Value::String(one) => escaped(one),
        Value::Array(several) => {
            let several: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
            escaped(&several.join(" or "))
        }
        _ => "any value".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::DOCUMENT;

    #[test]
    fn the_page_has_every_object_its_fields_and_who_takes_and_answers_it() {
        let page = page(&serde_json::from_str(&DOCUMENT).unwrap());
        let after = page.split_once("<section id=\"AliasDraft\">").unwrap().1;
        let section = after.split_once("</section>").unwrap().0;
        assert!(section.contains("taken by <a href=\"/docs#create_model_alias\">"), "{section}");
        assert!(section.contains("<code>litellm_model</code>"), "{section}");
        for foreign in ["<script", "src=", "@import", "//cdn", "href=\"http"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        for link in page.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().unwrap();
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
        }
    }
}
