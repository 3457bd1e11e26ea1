//! `/schema/aliases-v1.json`: what a document may say, made from the very types that read it.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use alias_core::alias::AliasDraft;
use alias_core::group::GroupDraft;
use alias_core::organization::OrganizationDraft;
use alias_core::team::TeamDraft;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::admin::query::{NoParameters, Query};
use crate::config;
use crate::error::ApiError;

static SCHEMA: LazyLock<String> = LazyLock::new(|| document().to_string());
static SETTINGS: LazyLock<String> = LazyLock::new(|| config::schema().to_string());

/// Show the JSON Schema of documents.
///
/// For editors: `# yaml-language-server: $schema=…/schema/aliases-v1.json` in the first line of a file.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(
    get, path = "/schema/aliases-v1.json", tag = "documents", operation_id = "get_document_schema",
    responses((status = 200, description = "JSON Schema, draft 2020-12.", content_type = "application/schema+json")),
)]
pub async fn show(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().content_type("application/schema+json").body(SCHEMA.as_str()))
}

/// Show the JSON Schema of the settings file.
///
/// For editors: `# yaml-language-server: $schema=…/schema/settings-v1.json` in the first line of `alias-server.yaml`.
///
/// # Errors
/// 400 for any parameter.
#[utoipa::path(
    get, path = "/schema/settings-v1.json", tag = "operations", operation_id = "get_settings_schema",
    responses((status = 200, description = "JSON Schema, draft 2020-12.", content_type = "application/schema+json")),
)]
pub async fn settings(Query(NoParameters {}): Query<NoParameters>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().content_type("application/schema+json").body(SETTINGS.as_str()))
}

/// The whole schema.
fn document() -> Value {
    let mut definitions = Map::new();
    let alias = entry::<AliasDraft>(&mut definitions, &["alias", "access_groups"]);
    let target = json!({ "type": "string", "description": "The target alone, as provider/model-name.", "examples": ["openai/gpt-4"] });
    let mut group = entry::<GroupDraft>(&mut definitions, &["group_name"]);
    group["properties"]["active"] =
        json!({ "type": "boolean", "description": "Whether it grants anything; true where absent." });
    let organization =
        entry::<OrganizationDraft>(&mut definitions, &["organization_id", "create_default_team"]);
    let team = entry::<TeamDraft>(&mut definitions, &["team_id"]);
    let by_name = |of: Value| json!({ "type": ["object", "null"], "additionalProperties": of });
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Model Aliases: the desired state",
        "description": "Aliases, access groups, organizations and teams, by name.",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": {
            "$schema": { "type": "string" },
            "version": { "const": 1 },
            "managed_by": { "type": ["string", "null"], "description": "Who keeps this document: the mark on what it makes or changes." },
            "aliases": by_name(json!({ "anyOf": [target, alias] })),
            "access_groups": by_name(group),
            "organizations": by_name(organization),
            "teams": by_name(team),
        },
    });
    schema["$defs"] = Value::Object(definitions);
    relocated(&mut schema);
    schema
}

/// What may be said of an object, without the members that its name, or another part of the document, says already.
fn entry<T: ToSchema + PartialSchema>(definitions: &mut Map<String, Value>, without: &[&str]) -> Value {
    let mut named: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut named);
    definitions.extend(named.into_iter().map(|(name, schema)| (name, json!(schema))));
    let mut schema = json!(T::schema());
    for member in without {
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.remove(*member);
        }
        if let Some(required) = schema["required"].as_array_mut() {
            required.retain(|name| name != member);
        }
    }
    schema
}

/// Points to where the definitions are in this schema.
fn relocated(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(place)) = members.get_mut("$ref") {
                *place = place.replace("#/components/schemas/", "#/$defs/");
            }
            members.values_mut().for_each(relocated);
        }
        Value::Array(items) => items.iter_mut().for_each(relocated),
        _ => {}
    }
}
