//! The headers of answers, as the document lists them.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Header, Object, ObjectBuilder, RefOr, Required, Response, Type};

use super::rules::{Plane, plane, takes};
use crate::replicas::{REACHED, WAIT};

/// What `x-request-id` is for.
pub(super) const REQUEST_ID: &str = "Names the request in the log.";

/// What calls say of the rate limits that they are held to, where there are any.
const LIMITS: [(&str, &str); 8] = [
    (
        "x-ratelimit-limit-requests",
        "The calls a minute that this key or its team may make, where that is limited.",
    ),
    ("x-ratelimit-remaining-requests", "How many of them are left."),
    ("x-ratelimit-reset-requests", "When the next minute begins: `31s`."),
    (
        "x-ratelimit-limit-tokens",
        "The tokens a minute that this key or its team may use, where that is limited.",
    ),
    ("x-ratelimit-remaining-tokens", "How many of them are left."),
    ("x-ratelimit-reset-tokens", "When the next minute begins: `31s`."),
    ("RateLimit-Policy", "The same limits as structured fields: `\"rpm\";q=60;w=60`."),
    ("RateLimit", "What is left of them, and for how long: `\"rpm\";r=12;t=31`."),
];

/// What calls say of how they were served.
const SERVED: [(&str, &str); 8] = [
    ("x-alias-revision", "The catalogue revision that decided."),
    ("x-alias-name", "The alias that was called, by its present name."),
    ("x-alias-upstream-model", "Which provider's model served the call, for keys that are to know."),
    ("x-alias-fallback", "Which fallback served the call, from 1 on, where it was one."),
    ("x-alias-parameters", "What the alias made of parameters, where the call asks with this header for it."),
    ("Deprecation", "Since when the model is deprecated (RFC 9745), where it is."),
    ("Sunset", "When the model ends (RFC 8594), where it is deprecated."),
    ("Link", "Where the end of the model is explained, and what follows it."),
];

/// What errors say besides their bodies.
pub(super) const OF_ERRORS: [(&str, &str); 4] = [
    ("x-request-id", REQUEST_ID),
    ("Retry-After", "In how many seconds it is worth trying again, where it is."),
    ("WWW-Authenticate", "With 401: which key to send."),
    ("x-should-retry", "`false` where trying again changes nothing."),
];

/// The schemas of objects that have versions.
const VERSIONED: [&str; 17] = [
    "Account",
    "ModelAlias",
    "ModelAliasShown",
    "CatalogModelDetails",
    "TeamModels",
    "TeamShown",
    "NoticeObject",
    "AccessGroup",
    "NewAccessGroup",
    "ModelsAdded",
    "ModelsRemoved",
    "Organization",
    "NewOrganizationObject",
    "Team",
    "Webhook",
    "NewWebhook",
    "Budget",
];

/// A header that is a text.
pub(super) fn text(description: &str) -> Header {
    let mut header = Header::new(Object::with_type(Type::String));
    header.description = Some(description.to_owned());
    header
}

/// The parameter of writes that waits for the other replicas.
fn wait() -> Parameter {
    let words = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["replicas"]));
    ParameterBuilder::new()
        .name(WAIT)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "`replicas`: answer once all live replicas decide by the write, after 5 s at most; \
             `x-alias-replicas` says how many do.",
        ))
        .schema(Some(words.build()))
        .build()
}

/// Adds the headers that follow from what an operation does.
pub(super) fn add(path: &str, method: &str, operation: &mut Operation) {
    let calls = matches!(plane(path), Plane::Calls);
    let writes = matches!(plane(path), Plane::Admin) && method != "get" && !path.ends_with("/validate");
    let writes = writes
        && !path.starts_with("/api/admin-")
        && !path.starts_with("/api/webhooks")
        && !path.starts_with("/api/notices");
    let pages = takes(operation, &ParameterIn::Query, Some("cursor"));
    let once = takes(operation, &ParameterIn::Header, Some("Idempotency-Key"));
    let may_be_empty = takes(operation, &ParameterIn::Header, Some("Prefer"));
    if writes {
        operation.parameters.get_or_insert_default().push(RefOr::T(wait()));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let mut add = |name: &str, description: &str| {
            response.headers.insert(name.to_owned(), text(description).into());
        };
        add("x-request-id", REQUEST_ID);
        if status.starts_with(['4', '5']) {
            for (name, description) in OF_ERRORS {
                add(name, description);
            }
        }
        if !status.starts_with('2') {
            continue;
        }
        if once {
            add("idempotent-replayed", "`true` where an earlier request with the same key was answered so.");
        }
        if status == "204" && may_be_empty {
            add("Preference-Applied", "`return=minimal`, as it was asked for.");
        }
        if status == "201" {
            add("Location", "The path of what was created.");
        }
        if writes && has_revision(path) {
            add(
                "x-alias-revision",
                "The catalogue revision that has the write: calls may ask for it with `x-alias-min-revision`.",
            );
        }
        if writes {
            add(
                REACHED.as_str(),
                "With `wait`: how many live replicas decide by the write, of how many: `3/3`.",
            );
        }
        if calls && method == "get" {
            add("x-alias-revision", "The catalogue revision that decided.");
        }
        if (calls && method == "post") || sends_on(path) {
            SERVED.iter().chain(&LIMITS).for_each(|(name, description)| add(name, description));
        }
        if path.ends_with("-stream") && path.contains("create") {
            add("x-alias-job-id", "The job that was made.");
        }
        if pages {
            add("Link", "The next page, with `rel=\"next\"`; absent on the last.");
        }
        if is_versioned(response) {
            response.headers.insert("ETag".into(), text("The object's version, for `If-Match`.").into());
        }
    }
}

/// Whether what is written makes a revision: calls are decided by it.
fn has_revision(path: &str) -> bool {
    let without =
        ["/add", "/check", "/configure-auto-refill", "/plan", "/replenish", "/retire", "/test", "/validate"];
    !without.iter().any(|end| path.ends_with(end))
}

/// Whether a job's call answers as the call itself would; one at once answers with its job.
fn sends_on(path: &str) -> bool {
    path.contains("llm-call") || path.ends_with("-call-stream")
}

fn is_versioned(response: &Response) -> bool {
    let Some(RefOr::T(shown)) = response.content.get("application/json") else { return false };
    let Some(RefOr::Ref(schema)) = &shown.schema else { return false };
    schema.ref_location.rsplit('/').next().is_some_and(|name| VERSIONED.contains(&name))
}
