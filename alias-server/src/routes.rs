//! The route table: every path, its methods, who may use them, and the handler.

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{FromRequest, HttpRequest};
use actix_web::{Handler, HttpResponse, Resource, Responder, Route, guard, web};
use alias_core::access::Action;
use alias_core::usage::Endpoint;

use crate::admin::{
    accounts, aliases, audit, budgets, catalog, credits, desired, explain, groups, instances, keys, notices,
    organizations, replicas, sign_in, sign_on, teams, tokens, upstream, usage, webhooks, what_if,
};
use crate::auth::gate::guarded;
use crate::jobs::{self, at_once, call};
use crate::openai::{forward, models};
use crate::replicas::waiting;
use crate::{docs, health, openapi, ui};

/// Adds all routes.
pub fn configure(app: &mut web::ServiceConfig) {
    for at in table() {
        // A coded stream would arrive late: calls are passed on as they come.
        if at.is_call() {
            app.service(at.done());
        } else {
            app.service(at.done().wrap(Compress::default()));
        }
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Public,
    /// Who presents a team's key: the data plane sees to it.
    TeamKey,
    /// Who may do this in the admin API: the gate sees to it.
    May(Action),
}

use Access::{May, Public, TeamKey};
use Action::{
    AllocateCredits, EditOrganization, EditTeam, GovernOrganizations, GovernTeams, GrantAccess, Oneself,
    OperateSystem, ReadAudit, ReadCatalog, ReadIdentities, ReadKeys, ReadOrganizations, ReadSystem,
    ReadTeams, WriteCatalog, WriteIdentities, WriteKeys,
};

/// Every path, in the order in which they are tried: calls first, for they are many.
fn table() -> Vec<At> {
    let mut all = calls();
    all.extend(jobs_of_teams());
    all.extend(aliases());
    all.extend(groups());
    all.extend(organizations());
    all.extend(teams_and_keys());
    all.extend(credits_of_teams());
    all.extend(all_budgets());
    all.extend(provider_models());
    all.extend(reports());
    all.extend(identities());
    all.extend(webhooks());
    all.extend(all_notices());
    all.extend([
        At::path("/api/apply").post(May(WriteCatalog), desired::apply),
        At::path("/api/export").get(May(ReadCatalog), desired::export),
        At::path("/api/plan").post(May(ReadCatalog), desired::plan_document),
        At::path("/schema/aliases-v1.json").get(Public, desired::schema::show),
        At::path("/schema/settings-v1.json").get(Public, desired::schema::settings),
        At::path("/api/audit").get(May(ReadAudit), audit::list),
        At::path("/api/audit/verify").get(May(ReadAudit), audit::verify),
        At::path("/api/explain").get(May(ReadTeams), explain::explain),
        At::path("/api/replicas").get(May(ReadSystem), replicas::list),
        At::path("/api/upstream").get(May(ReadSystem), upstream::show),
        At::path("/api/instances").get(May(ReadSystem), instances::list),
        At::path("/api/instances/{instance}/retire").post(May(OperateSystem), instances::retire),
        At::path("/health").get(Public, health::health),
        At::path("/health/live").get(Public, health::live),
        At::path("/health/ready").get(Public, health::ready),
        At::path("/version").get(May(ReadSystem), health::version),
        At::path("/metrics").get(May(ReadSystem), health::figures),
        At::path("/openapi.json").get(Public, openapi::document),
        At::path("/docs").get(Public, docs::reference::show),
        At::path("/redoc").get(Public, docs::reference::show_objects),
        At::path("/llms.txt").get(Public, docs::llms),
        At::path("/docs/errors").get(Public, docs::errors),
        At::path("/docs/errors.md").get(Public, docs::errors_as_text),
        At::path("/docs/errors/{code}").get(Public, docs::error),
        At::path("/ui").get(Public, ui::page),
        At::path("/ui/{path:.+}").get(Public, ui::file),
        At::path("/").get(Public, health::index),
    ]);
    all
}

fn aliases() -> Vec<At> {
    let one = |path: &str| At::path(&format!("/api/model-aliases/{{alias}}{path}"));
    vec![
        At::path("/api/model-aliases")
            .get(May(ReadCatalog), aliases::list)
            .post(May(WriteCatalog), aliases::create),
        At::path("/api/model-aliases/create").post(May(WriteCatalog), aliases::create),
        At::path("/api/model-aliases/bulk").post(May(WriteCatalog), aliases::bulk::change),
        At::path("/api/model-aliases/validate").post(May(ReadCatalog), aliases::validate),
        At::path("/api/model-aliases/by-name").get(May(ReadCatalog), aliases::find_by_query),
        one("/impact").get(May(ReadCatalog), what_if::alias::show),
        one("/history").get(May(ReadCatalog), aliases::history::list),
        one("/rollback").post(May(WriteCatalog), aliases::history::roll_back),
        one("/restore").post(May(WriteCatalog), aliases::history::restore),
        one("/schedule").get(May(ReadCatalog), aliases::schedule::list),
        one("/schedule/{change}").delete(May(WriteCatalog), aliases::schedule::cancel),
        one("/deprecate").post(May(WriteCatalog), aliases::deprecate::deprecate),
        one("/undeprecate").post(May(WriteCatalog), aliases::deprecate::undeprecate),
        one("/arms").get(May(ReadCatalog), aliases::arms::show),
        one("/callers").get(May(ReadCatalog), aliases::callers::list),
        one("/rename").post(May(WriteCatalog), aliases::rename::rename),
        one("/enable").post(May(WriteCatalog), aliases::activity::enable),
        one("/test").post(May(WriteCatalog), aliases::trial::test),
        one("/disable").post(May(WriteCatalog), aliases::activity::disable),
        one("")
            .get(May(ReadCatalog), aliases::find)
            .put(May(WriteCatalog), aliases::update)
            .patch(May(WriteCatalog), aliases::update)
            .delete(May(WriteCatalog), aliases::delete),
    ]
}

fn groups() -> Vec<At> {
    vec![
        At::path("/api/model-access-groups")
            .get(May(ReadCatalog), groups::list)
            .post(May(WriteCatalog), groups::create),
        At::path("/api/model-access-groups/create").post(May(WriteCatalog), groups::create),
        At::path("/api/model-access-groups/{group}/add-models").post(May(WriteCatalog), groups::add_models),
        At::path("/api/model-access-groups/{group}/remove-models")
            .post(May(WriteCatalog), groups::remove_models),
        At::path("/api/model-access-groups/{group}/impact")
            .get(May(ReadCatalog), what_if::access_group::show),
        At::path("/api/model-access-groups/{group}/history").get(May(ReadAudit), groups::history::list),
        At::path("/api/model-access-groups/{group}/models").put(May(WriteCatalog), groups::replace_models),
        At::path("/api/model-access-groups/{group}")
            .get(May(ReadCatalog), groups::find)
            .put(May(WriteCatalog), groups::update)
            .patch(May(WriteCatalog), groups::update)
            .delete(May(WriteCatalog), groups::delete),
    ]
}

fn organizations() -> Vec<At> {
    vec![
        At::path("/api/organizations")
            .get(May(ReadOrganizations), organizations::list)
            .post(May(GovernOrganizations), organizations::create),
        At::path("/api/organizations/create").post(May(GovernOrganizations), organizations::create),
        At::path("/api/organizations/{organization}/status")
            .put(May(GovernOrganizations), organizations::set_status),
        At::path("/api/organizations/{organization}/teams").get(May(ReadTeams), organizations::teams),
        At::path("/api/organizations/{organization}")
            .get(May(ReadOrganizations), organizations::find)
            .put(May(EditOrganization), organizations::update)
            .patch(May(EditOrganization), organizations::update)
            .delete(May(GovernOrganizations), organizations::delete),
    ]
}

fn teams_and_keys() -> Vec<At> {
    let standing = |path: &str| At::path(&format!("/api/teams/{{team}}/{path}"));
    vec![
        At::path("/api/teams").get(May(ReadTeams), teams::list).post(May(GovernTeams), teams::create),
        At::path("/api/teams/create").post(May(GovernTeams), teams::create),
        At::path("/api/teams/{team}/access-groups").put(May(GrantAccess), teams::replace_access_groups),
        standing("suspend").post(May(GovernTeams), teams::suspend).put(May(GovernTeams), teams::suspend),
        standing("resume").post(May(GovernTeams), teams::resume).put(May(GovernTeams), teams::resume),
        standing("pause").post(May(GovernTeams), teams::pause).put(May(GovernTeams), teams::pause),
        At::path("/api/teams/{team}/models").get(May(ReadTeams), teams::models),
        At::path("/api/teams/{team}/keys").get(May(ReadKeys), keys::list).post(May(WriteKeys), keys::create),
        At::path("/api/teams/{team}/keys/{key}/rotate").post(May(WriteKeys), keys::rotate),
        At::path("/api/teams/{team}/keys/{key}")
            .get(May(ReadKeys), keys::find)
            .put(May(WriteKeys), keys::update)
            .patch(May(WriteKeys), keys::update)
            .delete(May(WriteKeys), keys::revoke),
        At::path("/api/teams/{team}")
            .get(May(ReadTeams), teams::find)
            .put(May(EditTeam), teams::update)
            .patch(May(EditTeam), teams::update)
            .delete(May(GovernTeams), teams::delete),
    ]
}

/// Who writes a team writes its webhooks; the handlers see to which ones are in reach.
fn webhooks() -> Vec<At> {
    let one = |path: &str| At::path(&format!("/api/webhooks/{{webhook}}{path}"));
    vec![
        At::path("/api/webhooks").get(May(ReadTeams), webhooks::list),
        At::path("/api/webhooks/register").post(May(EditTeam), webhooks::register),
        one("/rotate-secret").post(May(EditTeam), webhooks::rotate_secret),
        one("/test").post(May(EditTeam), webhooks::test),
        one("/deliveries").get(May(ReadTeams), webhooks::list_deliveries),
        one("")
            .get(May(ReadTeams), webhooks::find)
            .put(May(EditTeam), webhooks::update)
            .patch(May(EditTeam), webhooks::update)
            .delete(May(EditTeam), webhooks::delete),
    ]
}

/// Operators write notices; teams read theirs with their keys, and whoever reads a team reads them beside it.
fn all_notices() -> Vec<At> {
    vec![
        At::path("/api/notices")
            .get(May(ReadCatalog), notices::list)
            .post(May(WriteCatalog), notices::create),
        At::path("/api/notices/{notice}")
            .get(May(ReadCatalog), notices::find)
            .put(May(WriteCatalog), notices::update)
            .patch(May(WriteCatalog), notices::update)
            .delete(May(WriteCatalog), notices::delete),
        At::path("/api/teams/{team}/notices").get(May(ReadTeams), notices::of_team),
        At::path("/v1/notices").get(TeamKey, notices::own::list),
    ]
}

fn provider_models() -> Vec<At> {
    vec![
        At::path("/api/catalog/providers").get(May(ReadCatalog), catalog::providers),
        At::path("/api/catalog/back-rate").post(May(WriteCatalog), catalog::back_rate::back_rate),
        At::path("/api/catalog/import").post(May(WriteCatalog), catalog::import::import),
        At::path("/api/catalog/models").get(May(ReadCatalog), catalog::list),
        At::path("/api/catalog/models/{model:.+}")
            .get(May(ReadCatalog), catalog::find)
            .put(May(WriteCatalog), catalog::set)
            .patch(May(WriteCatalog), catalog::set),
    ]
}

fn credits_of_teams() -> Vec<At> {
    let team = |path: &str| At::path(&format!("/api/credits/teams/{{team}}/{path}"));
    vec![
        At::path("/api/credits/add").post(May(AllocateCredits), credits::add),
        At::path("/api/credits/balance").get(May(ReadTeams), credits::balance),
        At::path("/api/credits/transactions").get(May(ReadTeams), credits::transactions),
        team("add").post(May(AllocateCredits), credits::add_to_team),
        team("replenish").post(May(AllocateCredits), credits::replenish),
        team("balance").get(May(ReadTeams), credits::balance_of_team),
        team("transactions").get(May(ReadTeams), credits::transactions_of_team),
        team("check").post(May(ReadTeams), credits::check),
        team("budget-mode")
            .patch(May(AllocateCredits), credits::policy::set_budget_mode)
            .put(May(AllocateCredits), credits::policy::set_budget_mode),
        team("conversion-rates")
            .get(May(ReadTeams), credits::policy::show_conversion_rates)
            .patch(May(AllocateCredits), credits::policy::set_conversion_rates)
            .put(May(AllocateCredits), credits::policy::set_conversion_rates),
        team("configure-auto-refill")
            .get(May(ReadTeams), credits::refill::show)
            .post(May(AllocateCredits), credits::refill::configure)
            .delete(May(AllocateCredits), credits::refill::end),
        At::path("/api/teams/{team}/markup")
            .patch(May(AllocateCredits), credits::policy::set_markup)
            .put(May(AllocateCredits), credits::policy::set_markup),
    ]
}

fn all_budgets() -> Vec<At> {
    vec![
        At::path("/api/budgets")
            .get(May(ReadTeams), budgets::list)
            .post(May(AllocateCredits), budgets::create),
        At::path("/api/budgets/{budget}")
            .get(May(ReadTeams), budgets::find)
            .put(May(AllocateCredits), budgets::update)
            .patch(May(AllocateCredits), budgets::update)
            .delete(May(AllocateCredits), budgets::delete),
    ]
}

/// Teams themselves use these; of another team's jobs they learn nothing.
fn jobs_of_teams() -> Vec<At> {
    let one = |path: &str| At::path(&format!("/api/jobs/{{job}}{path}"));
    vec![
        At::path("/api/jobs").get(TeamKey, jobs::list),
        At::path("/api/jobs/create").post(TeamKey, jobs::create),
        At::path("/api/jobs/create-and-call").post(TeamKey, at_once::create_and_call),
        At::path("/api/jobs/create-and-call-stream").post(TeamKey, at_once::create_and_call_stream),
        one("/llm-call").post(TeamKey, call::llm_call),
        one("/llm-call-stream").post(TeamKey, call::llm_call_stream),
        one("/complete").post(TeamKey, jobs::complete),
        one("/costs").get(TeamKey, jobs::costs),
        one("/metadata").patch(TeamKey, jobs::add_metadata),
        one("").get(TeamKey, jobs::find),
        At::path("/api/teams/{team}/jobs").get(May(ReadTeams), jobs::list_of_team),
    ]
}

fn reports() -> Vec<At> {
    vec![
        At::path("/api/usage").get(May(ReadTeams), usage::report),
        At::path("/api/usage/verify").get(May(ReadAudit), usage::verify),
        At::path("/api/usage/denied").get(May(ReadTeams), usage::denied::show),
        At::path("/api/stats/dashboard").get(May(ReadTeams), usage::dashboard::show),
        At::path("/api/model-aliases/{alias}/usage").get(May(ReadCatalog), usage::of_alias),
        At::path("/api/teams/{team}/usage").get(May(ReadTeams), usage::summary::of_team),
        At::path("/api/organizations/{organization}/usage")
            .get(May(ReadOrganizations), usage::summary::of_organization),
        At::path("/api/organizations/{organization}/costs")
            .get(May(ReadOrganizations), usage::costs::of_organization),
    ]
}

fn identities() -> Vec<At> {
    let users = |path: &str| At::path(&format!("/api/admin-users{path}"));
    vec![
        users("/setup/status").get(Public, sign_in::setup_status),
        users("/setup").post(Public, sign_in::setup),
        users("/login").post(Public, sign_in::login),
        users("/oidc/login").get(Public, sign_on::login),
        users("/oidc/callback").get(Public, sign_on::callback),
        users("/logout").post(May(Oneself), sign_in::logout),
        users("/me").get(May(Oneself), sign_in::me),
        users("/password").post(May(Oneself), sign_in::change_password),
        users("").get(May(ReadIdentities), accounts::list).post(May(WriteIdentities), accounts::create),
        users("/{user}")
            .get(May(ReadIdentities), accounts::find)
            .put(May(WriteIdentities), accounts::update)
            .patch(May(WriteIdentities), accounts::update)
            .delete(May(WriteIdentities), accounts::delete),
        At::path("/api/admin-tokens")
            .get(May(ReadIdentities), tokens::list)
            .post(May(WriteIdentities), tokens::create),
        At::path("/api/admin-tokens/{token}").delete(May(WriteIdentities), tokens::revoke),
    ]
}

fn calls() -> Vec<At> {
    let under_v1 = |endpoint: Endpoint| {
        At::path(&format!("/v1{}", endpoint.path())).post(TeamKey, forward::handler(endpoint))
    };
    let mut all: Vec<At> = Endpoint::ALL.into_iter().map(under_v1).collect();
    all.extend([
        At::path("/chat/completions").post(TeamKey, forward::handler(Endpoint::ChatCompletions)),
        At::path("/v1/models").get(TeamKey, models::list),
        At::path("/v1/models/{model:.+}").get(TeamKey, models::find),
    ]);
    all
}

/// Every path, its methods, and who may use them: for the document, and for comparing.
pub(crate) fn listed() -> Vec<(String, Vec<(Method, Access)>)> {
    table().into_iter().map(|at| (at.path, at.methods)).collect()
}

/// One path: its methods, HEAD beside GET, OPTIONS with `Allow`, and 405 with `Allow` for the rest. A route says who
/// may use it, or it cannot be written.
struct At {
    path: String,
    routes: Vec<Route>,
    methods: Vec<(Method, Access)>,
}

impl At {
    fn path(path: &str) -> Self {
        Self { path: path.to_owned(), routes: Vec::new(), methods: vec![(Method::OPTIONS, Public)] }
    }

    fn is_call(&self) -> bool {
        self.methods.iter().any(|(_, access)| *access == TeamKey)
    }

    fn get<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        access: Access,
        handler: F,
    ) -> Self {
        let either = guard::Any(guard::Get()).or(guard::Head());
        self.route(web::route().guard(either).to(handler), &[Method::GET, Method::HEAD], access)
    }

    fn post<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        access: Access,
        handler: F,
    ) -> Self {
        self.route(web::post().to(handler), &[Method::POST], access)
    }

    fn put<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        access: Access,
        handler: F,
    ) -> Self {
        self.route(web::put().to(handler), &[Method::PUT], access)
    }

    fn patch<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        access: Access,
        handler: F,
    ) -> Self {
        self.route(web::patch().to(handler), &[Method::PATCH], access)
    }

    fn delete<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        access: Access,
        handler: F,
    ) -> Self {
        self.route(web::delete().to(handler), &[Method::DELETE], access)
    }

    fn route(mut self, route: Route, methods: &[Method], access: Access) -> Self {
        let route = match access {
            Public | TeamKey => route,
            May(action) => {
                let gate = from_fn(move |request, next| guarded(action, request, next));
                if methods.contains(&Method::GET) {
                    route.wrap(gate)
                } else {
                    route.wrap(from_fn(waiting)).wrap(gate)
                }
            }
        };
        self.methods.extend(methods.iter().map(|method| (method.clone(), access)));
        self.routes.push(route);
        self
    }

    fn done(self) -> Resource {
        let allow = self.methods.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>().join(", ");
        let resource = self.routes.into_iter().fold(web::resource(self.path), Resource::route);
        resource.default_service(web::to(move |request: HttpRequest| {
            let options = request.method() == Method::OPTIONS;
            let mut answer =
                if options { HttpResponse::NoContent() } else { HttpResponse::MethodNotAllowed() };
            let answer = answer.insert_header((ALLOW, allow.as_str())).finish();
            async move { answer }
        }))
    }
}
