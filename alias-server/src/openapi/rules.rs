//! What holds for all operations of a kind, said once: keys, errors, and second spellings of paths.

use std::collections::BTreeSet;

use actix_web::http::Method;
use alias_core::access::Role;
use utoipa::Modify;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ContentBuilder, OneOfBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Schema,
};

use super::{errors, headers};
use crate::admin::answer::optional_header;
use crate::auth::gate::REASON;
use crate::error::is_of_jobs;
use crate::routes::{self, Access};

/// Collections take a POST as their `/create` does.
const COLLECTIONS: [&str; 4] =
    ["/api/model-aliases", "/api/model-access-groups", "/api/organizations", "/api/teams"];

/// Completes the document.
pub(super) struct Rules;

impl Modify for Rules {
    fn modify(&self, document: &mut OpenApi) {
        for path in COLLECTIONS {
            let create =
                document.paths.paths.get(&format!("{path}/create")).and_then(|item| item.post.clone());
            if let Some(item) = document.paths.paths.get_mut(path) {
                item.post = create;
            }
        }
        let mut names = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                name_once(operation, method, &mut names);
                secure(path, operation);
                roles(path, method, operation);
                explain(path, method, operation);
                refuse(path, operation);
                headers::add(path, method, operation);
                try_out(path, operation);
                // rustdoc's heading, in a sentence.
                operation.description =
                    operation.description.take().map(|text| text.replace("# Errors\n", "Errors: "));
            }
        }
        let components = document.components.get_or_insert_with(Components::new);
        errors::add(components);
        for (name, scheme) in schemes() {
            components.add_security_scheme(name, scheme);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Two methods of one handler, and a second path, share a name: the later ones say how they differ.
fn name_once(operation: &mut Operation, method: &str, names: &mut BTreeSet<String>) {
    let name = operation.operation_id.clone().unwrap_or_default();
    let unique = if names.contains(&name) { format!("{name}_by_{method}") } else { name };
    names.insert(unique.clone());
    operation.operation_id = Some(unique);
}

fn secure(path: &str, operation: &mut Operation) {
    let one = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
    operation.security = Some(match plane(path) {
        Plane::Admin => vec![one("admin_key"), one("admin_key_header"), one("session")],
        Plane::Calls | Plane::Jobs => vec![one("team_key")],
        Plane::Open => Vec::new(),
    });
}

/// Says which roles may do this, as the route table has it, and whether those of one organization may do it there.
fn roles(path: &str, method: &str, operation: &mut Operation) {
    let entry = |(at, methods): (String, Vec<(Method, Access)>)| {
        let methods = methods.into_iter().filter(|_| at.replace(":.+}", "}") == path);
        methods.into_iter().find(|(served, _)| served.as_str().eq_ignore_ascii_case(method))
    };
    let Some((_, Access::May(action))) = routes::listed().into_iter().find_map(entry) else { return };
    let extensions = ExtensionsBuilder::new()
        .add("x-roles", action.roles().map(Role::as_str).collect::<Vec<_>>())
        .add("x-within-organizations", action.is_within_organizations())
        .build();
    operation.extensions.get_or_insert_default().merge(extensions);
}

pub(super) enum Plane {
    Admin,
    Calls,
    /// What teams themselves do in `/api`.
    Jobs,
    Open,
}

pub(super) fn plane(path: &str) -> Plane {
    match path {
        path if lets_in(path) => Plane::Open,
        path if is_of_jobs(path) => Plane::Jobs,
        path if path.starts_with("/api/") || path == "/version" || path == "/metrics" => Plane::Admin,
        path if path.starts_with("/v1/") || path.starts_with("/chat/") => Plane::Calls,
        _ => Plane::Open,
    }
}

/// Whether this is a way in: it is open to everybody.
fn lets_in(path: &str) -> bool {
    let way = path.strip_prefix("/api/admin-users/").unwrap_or_default();
    way == "login" || way.starts_with("setup") || way.starts_with("oidc/")
}

/// Whether an operation has a parameter of this place, and of this name where one is asked for.
pub(super) fn takes(operation: &Operation, place: &ParameterIn, name: Option<&str>) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => {
            parameter.parameter_in == *place && name.is_none_or(|name| parameter.name == name)
        }
        RefOr::Ref(_) => false,
    })
}

/// Every change may say why.
fn explain(path: &str, method: &str, operation: &mut Operation) {
    if method != "get" && matches!(plane(path), Plane::Admin) {
        let why = optional_header(REASON, "Why the change is made, for the audit log.", "ticket 4711");
        operation.parameters.get_or_insert_default().push(RefOr::T(why));
    }
}

/// Adds the errors that follow from what an operation takes.
fn refuse(path: &str, operation: &mut Operation) {
    let kind = errors::kind(path);
    let mut statuses = of_plane(path, operation).to_vec();
    // Whatever is asked for: a head that is no head, one that is too large, and a fault of the server.
    statuses.extend(["400", "431", "500"]);
    let has = |place: ParameterIn, name: Option<&str>| takes(operation, &place, name);
    if has(ParameterIn::Path, None) {
        statuses.extend(["404", "414"]);
    }
    let may_be_empty = has(ParameterIn::Header, Some("Prefer"));
    if has(ParameterIn::Header, Some("If-Match")) {
        statuses.push("412");
    }
    if has(ParameterIn::Header, Some("Idempotency-Key")) || has(ParameterIn::Query, Some("impact_token")) {
        statuses.push("409");
    }
    if has(ParameterIn::Query, Some("effective_at")) {
        statuses.push("422");
    }
    if operation.request_body.is_some() {
        statuses.extend(["408", "413", "415", "422"]);
    }
    let responses = &mut operation.responses.responses;
    for status in statuses {
        responses.entry(status.into()).or_insert_with(|| Ref::from_response_name(kind).into());
    }
    if may_be_empty {
        let empty = ResponseBuilder::new().description("Done; `Prefer: return=minimal` asked for no more.");
        responses.insert("204".into(), empty.build().into());
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && (response.content.is_empty() || response.content.contains_key(errors::PROBLEM))
        {
            response.content.extend(errors::response(errors::PROBLEM, "Problem").content);
        }
    }
}

/// Adds the errors of the plane that an operation is on.
fn of_plane(path: &str, operation: &Operation) -> &'static [&'static str] {
    match plane(path) {
        Plane::Admin => &["401", "403", "406", "421", "429", "503"],
        Plane::Calls if operation.request_body.is_none() => &["401", "403", "404", "429", "503"],
        Plane::Calls => &["401", "403", "404", "429", "502", "503", "504"],
        Plane::Jobs if path.contains("call") => &["401", "403", "404", "409", "429", "502", "503", "504"],
        Plane::Jobs => &["401", "403", "429", "503"],
        // Machines that know no name ask for these.
        Plane::Open if path.starts_with("/health") => &["406"],
        Plane::Open => &["403", "406", "421"],
    }
}

/// What can be tried out first answers a `DryRun` then, with 200: all but a notice, which changes nothing for anybody and
/// shows its words.
fn try_out(path: &str, operation: &mut Operation) {
    if path.starts_with("/api/notices") || !takes(operation, &ParameterIn::Query, Some("dry_run")) {
        return;
    }
    let tried = Ref::from_schema_name("DryRun");
    let responses = &mut operation.responses.responses;
    let only = || {
        let response = ResponseBuilder::new().description("With `dry_run`: what would come of it.");
        response.header("x-request-id", headers::text(headers::REQUEST_ID)).build()
    };
    let response = responses.entry("200".into()).or_insert_with(|| only().into());
    let RefOr::T(response) = response else { return };
    let none = || ContentBuilder::new().build().into();
    let content = response.content.entry("application/json".into()).or_insert_with(none);
    let RefOr::T(content) = content else { return };
    content.schema = Some(match content.schema.take() {
        Some(done) => Schema::OneOf(OneOfBuilder::new().item(done).item(tried).build()).into(),
        None => tried.into(),
    });
}

fn schemes() -> [(&'static str, SecurityScheme); 4] {
    let bearer = |description: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build(),
        )
    };
    [
        (
            "admin_key",
            bearer("The admin key, or an admin token. On a server without any, this machine needs none."),
        ),
        (
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "alias_session",
                "The session of somebody who signed in; `__Host-alias_session` beyond this machine. What changes \
                 something also needs the header `x-csrf-token`.",
            ))),
        ),
        (
            "admin_key_header",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Admin-Key",
                "The admin key, or an admin token.",
            ))),
        ),
        ("team_key", bearer("A team's key: `virtual_key` of the answer that created it.")),
    ]
}
