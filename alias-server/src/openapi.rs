//! `/openapi.json`: the OpenAPI 3.1 document, generated from the handlers and completed by rules that hold for all.

mod answers;
mod calls;
mod errors;
mod headers;
mod rules;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use utoipa::OpenApi;

use self::answers::Answers;
use self::calls::Calls;
use self::rules::Rules;
use crate::admin::{
    accounts, aliases, audit, budgets, catalog, credits, desired, explain, groups, instances, keys, notices,
    organizations, replicas, sign_in, sign_on, teams, tokens, upstream, usage, webhooks, what_if,
};
use crate::{docs, health, jobs, ui};

/// What the handlers say about themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Model Aliases",
        description = "Simple names for the models of many providers. `/api` manages aliases, access groups, \
            organizations, teams and keys. `/v1` takes calls as OpenAI's API does, and forwards them to LiteLLM.\n\n\
            Objects carry an `ETag`; send it back as `If-Match` to change only what you have read. Writes answer \
            `x-alias-revision`. GET answers HEAD, every path answers OPTIONS, and a trailing slash makes no difference. \
            On a server without an admin key, `/api` takes requests from this machine without one. A method that a path \
            does not take is refused with 405 `method_not_allowed`, and `Allow` lists those it takes."
    ),
    paths(
        aliases::create, aliases::list, aliases::find, aliases::find_by_query, aliases::update, aliases::delete,
        aliases::validate, aliases::bulk::change, aliases::history::list, aliases::history::roll_back, aliases::history::restore,
        aliases::deprecate::deprecate, aliases::deprecate::undeprecate, aliases::rename::rename, aliases::callers::list, aliases::arms::show, aliases::activity::enable, aliases::activity::disable, aliases::trial::test, aliases::schedule::list, aliases::schedule::cancel, what_if::alias::show, what_if::access_group::show,
        groups::create, groups::list, groups::find, groups::update, groups::replace_models, groups::add_models,
        groups::remove_models, groups::delete, groups::history::list,
        organizations::create, organizations::list, organizations::find, organizations::teams, organizations::update,
        organizations::set_status, organizations::delete,
        teams::create, teams::list, teams::find, teams::update, teams::replace_access_groups, teams::granted::models,
        teams::standing::suspend, teams::standing::resume, teams::standing::pause, teams::delete,
        catalog::providers, catalog::list, catalog::find, catalog::set, catalog::back_rate::back_rate, catalog::import::import,
        credits::add, credits::add_to_team, credits::replenish, credits::balance, credits::balance_of_team, credits::check,
        credits::transactions, credits::transactions_of_team, credits::policy::set_budget_mode, credits::policy::set_conversion_rates,
        credits::policy::show_conversion_rates, credits::policy::set_markup,
        credits::refill::configure, credits::refill::show, credits::refill::end,
        desired::apply, desired::export, desired::plan_document, desired::schema::show, desired::schema::settings,
        budgets::create, budgets::list, budgets::find, budgets::update, budgets::delete,
        keys::create, keys::list, keys::find, keys::update, keys::rotate, keys::revoke,
        sign_in::setup_status, sign_in::setup, sign_in::login, sign_in::logout, sign_in::me, sign_in::change_password,
        sign_on::login, sign_on::callback,
        accounts::create, accounts::list, accounts::find, accounts::update, accounts::delete,
        tokens::create, tokens::list, tokens::revoke,
    audit::list, audit::verify, instances::list, instances::retire, replicas::list, upstream::show, webhooks::register, webhooks::list, webhooks::find, webhooks::update, webhooks::delete, webhooks::rotate_secret, webhooks::deliveries::list, webhooks::deliveries::test,
        notices::create, notices::list, notices::find, notices::update, notices::delete, notices::of_team, notices::own::list,
        jobs::create, jobs::list, jobs::find, jobs::costs, jobs::add_metadata, jobs::complete, jobs::list_of_team,
        jobs::call::llm_call, jobs::call::llm_call_stream, jobs::at_once::create_and_call, jobs::at_once::create_and_call_stream,
        usage::report, usage::of_alias, usage::verify, usage::summary::of_team, usage::summary::of_organization,
        usage::costs::of_organization, usage::dashboard::show, usage::denied::show,
        explain::explain,
        health::health, health::live, health::ready, health::version, health::figures, health::index, docs::llms, docs::errors, docs::errors_as_text, docs::error, docs::reference::show, docs::reference::show_objects, ui::page, ui::file, document,
    ),
    components(schemas(desired::object::AccessObject, crate::error::FieldError, usage::summary::PartSummary, what_if::object::DryRun)),
    tags(
        (name = "model aliases", description = "Simple names that map to LiteLLM's `provider/model-name`."),
        (name = "access groups", description = "Bundles of aliases that teams are granted."),
        (name = "organizations", description = "The customers that teams belong to."),
        (name = "teams", description = "Who calls, and what they are granted."),
        (name = "identities", description = "Who administers: accounts of people, tokens of programs."),
        (name = "catalog", description = "The models of providers: prices, limits, capabilities."),
        (name = "documents", description = "The catalogue as one document: plan, apply, export."),
        (name = "credits", description = "What teams were given and spent."),
        (name = "budgets", description = "How much may be spent in a window of time."),
        (name = "usage", description = "Sums of what calls used, and whether the books are right."),
        (name = "explain", description = "Why a call is served or refused, check by check, and what to do about it."),
        (name = "keys", description = "What a team's clients authenticate with."),
        (name = "webhooks", description = "Who else is told of events, in signed messages (Standard Webhooks)."),
        (name = "notices", description = "What operators tell teams: new models, switches, deprecations."),
        (name = "jobs", description = "Calls that belong together and cost one credit together, with a team's key."),
        (name = "calls", description = "Calls of models, in the formats of OpenAI and Anthropic."),
        (name = "audit", description = "Who did what, and who was refused."),
        (name = "operations", description = "Health, version, and this document."),
    ),
    modifiers(&Calls, &Rules, &Answers),
)]
struct Api;

pub(crate) static DOCUMENT: LazyLock<String> = LazyLock::new(|| Api::openapi().to_json().unwrap_or_default());

/// `GET /openapi.json`: this document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operations", operation_id = "get_openapi_document",
    responses((status = 200, description = "The OpenAPI 3.1 document.", content_type = "application/json")),
)]
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use serde_json::Value;

    fn json() -> Value {
        serde_json::from_str(&DOCUMENT).unwrap()
    }

    /// Whether a team's key is for it.
    fn is_call(path: &str) -> bool {
        path.starts_with("/v1/") || path.starts_with("/chat/") || crate::error::is_of_jobs(path)
    }

    /// All operations: path, method, and what is said about it.
    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of = |(path, item): (&String, &'_ Value)| -> Vec<(String, String)> {
            item.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())).collect()
        };
        let all = paths.iter().flat_map(of);
        all.map(|(path, method)| {
            let said = &document["paths"][&path][&method];
            (path, method, said)
        })
        .collect()
    }

    #[test]
    fn every_route_is_documented_and_nothing_else() {
        let document = json();
        let documented: BTreeSet<(String, String)> =
            operations(&document).into_iter().map(|(path, method, _)| (path, method)).collect();
        let served = crate::routes::listed().into_iter().flat_map(|(path, methods)| {
            let path = path.replace(":.+}", "}");
            let methods = methods.into_iter().map(|(method, _)| method.as_str().to_ascii_lowercase());
            methods
                .filter(|method| method != "head" && method != "options")
                .map(move |method| (path.clone(), method))
        });
        assert_eq!(documented, served.collect());
    }

    #[test]
    fn every_operation_has_its_own_name_a_summary_an_example_and_its_placeholders() {
        let document = json();
        assert_eq!(document["openapi"], "3.1.0");
        let mut names = BTreeSet::new();
        for (path, method, said) in operations(&document) {
            assert!(names.insert(said["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
            assert!(!said["summary"].as_str().unwrap().is_empty(), "{method} {path}");
            let body = &said["requestBody"]["content"]["application/json"];
            assert!(body.is_null() || body["example"].is_object(), "{method} {path}");
            let none = Vec::new();
            let parameters = said["parameters"].as_array().unwrap_or(&none);
            let in_path: BTreeSet<&str> = parameters
                .iter()
                .filter(|p| p["in"] == "path")
                .map(|p| p["name"].as_str().unwrap())
                .collect();
            let placeholders: BTreeSet<&str> =
                path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(in_path, placeholders, "{method} {path}");
        }
    }

    #[test]
    fn every_answer_that_is_json_has_an_example() {
        let document = json();
        for (path, method, said) in operations(&document) {
            let answers = said["responses"].as_object().unwrap();
            let mut all = answers.iter().filter(|(status, _)| status.starts_with('2'));
            let mut shown = all.clone().filter_map(|(_, answer)| answer["content"].get("application/json"));
            let is_json = all.any(|(_, answer)| answer["content"].get("application/json").is_some());
            // It takes a token that is drawn anew by each server.
            let is_once = path == "/api/admin-users/setup";
            assert!(
                !is_json || is_once || shown.any(|answer| answer.get("example").is_some()),
                "{method} {path}"
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_plane_names_its_keys() {
        let document = json();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                    }
                    open.extend(members.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        for (path, method, said) in operations(&document) {
            let security = &said["security"];
            if said["x-roles"].is_array() {
                assert_eq!(security[0]["admin_key"], serde_json::json!([]), "{method} {path}");
            } else if is_call(&path) {
                assert_eq!(security[0]["team_key"], serde_json::json!([]), "{method} {path}");
            } else {
                assert_eq!(security, &serde_json::json!([]), "{method} {path}");
            }
        }
    }

    #[test]
    fn answers_declare_the_headers_and_statuses_that_are_sent() {
        let document = json();
        let declares = |operation: &str, status: &str, headers: &[&str]| {
            let response = &document.pointer(&format!("/paths/{operation}/responses/{status}")).unwrap();
            for header in headers {
                assert!(response["headers"][header].is_object(), "{operation} {status} {header}");
            }
        };
        declares("~1api~1model-aliases/get", "200", &["Link", "x-request-id"]);
        declares("~1api~1model-aliases~1{alias}/get", "200", &["ETag"]);
        declares("~1api~1model-aliases~1{alias}/put", "200", &["ETag", "x-alias-revision"]);
        declares("~1api~1model-aliases~1{alias}/delete", "204", &["x-alias-revision"]);
        declares("~1api~1teams~1create/post", "201", &["ETag", "Location", "x-alias-revision"]);
        declares("~1v1~1chat~1completions/post", "200", &["x-alias-revision", "x-request-id"]);
        for (path, method, said) in operations(&document) {
            let keyed = said["security"].as_array().is_some_and(|keys| !keys.is_empty());
            let has = |status: &str| said["responses"].get(status).is_some();
            assert!(!keyed || has("401"), "{method} {path}");
            let admin = keyed && !is_call(&path);
            assert!(!admin || has("421"), "{method} {path}");
            assert!(method != "delete" || path.contains("/keys/") || has("204"), "{method} {path}");
        }
    }

    #[test]
    fn what_can_be_tried_out_declares_the_answer_to_that() {
        let document = json();
        let mut tried = 0;
        for (path, method, said) in operations(&document) {
            let parameters = said["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            if parameters.iter().any(|parameter| parameter["name"] == "dry_run") {
                let schema = &said["responses"]["200"]["content"]["application/json"]["schema"];
                let what = if path == "/api/notices" { "NoticePreview" } else { "DryRun" };
                let dry_run = serde_json::json!({"$ref": format!("#/components/schemas/{what}")});
                let either = schema["oneOf"].as_array().is_some_and(|all| all.contains(&dry_run));
                assert!(*schema == dry_run || either, "{method} {path}: {schema}");
                tried += 1;
            }
        }
        assert!(tried > 15, "{tried}");
    }

    /// Whether an example has the form that a handler reads.
    type Takes = fn(&Value) -> bool;

    fn taken<T: serde::de::DeserializeOwned>(example: &Value) -> bool {
        crate::extract::typed::<T>(example.as_object().unwrap().clone()).is_ok()
    }

    #[test]
    fn every_example_of_a_body_is_one_that_the_server_takes() {
        use crate::admin::sign_in;
        use alias_core::{alias, credits, group, identity, job, key, notice, organization, team, webhook};
        let forms: [(&str, Takes); 31] = [
            ("AliasDraft", taken::<alias::AliasDraft>),
            ("AliasEdit", taken::<alias::AliasEdit>),
            ("TrialDraft", taken::<alias::TrialDraft>),
            ("Rollback", taken::<crate::admin::aliases::history::RollbackDraft>),
            ("Activity", taken::<crate::admin::aliases::activity::ActivityDraft>),
            ("Reason", taken::<crate::admin::aliases::history::ReasonDraft>),
            ("GroupDraft", taken::<group::GroupDraft>),
            ("GroupEdit", taken::<group::GroupEdit>),
            ("MembersDraft", taken::<group::MembersDraft>),
            ("OrganizationDraft", taken::<organization::OrganizationDraft>),
            ("OrganizationEdit", taken::<organization::OrganizationEdit>),
            ("StatusDraft", taken::<organization::StatusDraft>),
            ("TeamDraft", taken::<team::TeamDraft>),
            ("TeamEdit", taken::<team::TeamEdit>),
            ("KeyDraft", taken::<key::KeyDraft>),
            ("KeyEdit", taken::<key::KeyEdit>),
            ("RotateDraft", taken::<key::RotateDraft>),
            ("TokenDraft", taken::<identity::TokenDraft>),
            ("AccountDraft", taken::<identity::AccountDraft>),
            ("AccountEdit", taken::<identity::AccountEdit>),
            ("RefillDraft", taken::<credits::RefillDraft>),
            ("JobDraft", taken::<job::JobDraft>),
            ("FinishDraft", taken::<job::FinishDraft>),
            ("MetadataDraft", taken::<job::MetadataDraft>),
            ("WebhookDraft", taken::<webhook::WebhookDraft>),
            ("WebhookEdit", taken::<webhook::WebhookEdit>),
            ("NoticeDraft", taken::<notice::NoticeDraft>),
            ("NoticeEdit", taken::<notice::NoticeEdit>),
            ("SetupDraft", taken::<sign_in::SetupDraft>),
            ("SignInDraft", taken::<sign_in::SignInDraft>),
            ("PasswordDraft", taken::<sign_in::PasswordDraft>),
        ];
        let document = json();
        let mut seen = BTreeSet::new();
        for (path, method, said) in operations(&document) {
            let body = &said["requestBody"]["content"]["application/json"];
            let schema = body["schema"].to_string();
            if let Some((name, takes)) = forms.iter().find(|(name, _)| schema.contains(&format!("/{name}\"")))
            {
                assert!(takes(&body["example"]), "{method} {path}");
                seen.insert(*name);
            }
        }
        assert_eq!(seen.len(), forms.len());
    }
}
