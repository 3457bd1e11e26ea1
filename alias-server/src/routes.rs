//! The route table: every path, its methods, and its handler, on one screen.

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::Compress;
use actix_web::{FromRequest, HttpRequest};
use actix_web::{Handler, HttpResponse, Resource, Responder, Route, guard, web};
use alias_core::usage::Endpoint;

use crate::admin::{aliases, groups, keys, organizations, teams};
use crate::openai::{forward, models};
use crate::{docs, health, openapi};

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

/// Every path, in the order in which they are tried: calls first, for they are many.
fn table() -> Vec<At> {
    let mut all = calls();
    all.extend(aliases());
    all.extend(groups());
    all.extend(organizations());
    all.extend(teams_and_keys());
    all.extend([
        At::path("/health").get(health::health),
        At::path("/health/live").get(health::live),
        At::path("/health/ready").get(health::ready),
        At::path("/version").get(health::version),
        At::path("/openapi.json").get(openapi::document),
        At::path("/docs/errors").get(docs::errors),
        At::path("/docs/errors/{code}").get(docs::error),
        At::path("/").get(health::index),
    ]);
    all
}

fn aliases() -> Vec<At> {
    vec![
        At::path("/api/model-aliases").get(aliases::list).post(aliases::create),
        At::path("/api/model-aliases/create").post(aliases::create),
        At::path("/api/model-aliases/validate").post(aliases::validate),
        At::path("/api/model-aliases/by-name").get(aliases::find_by_query),
        At::path("/api/model-aliases/{alias}")
            .get(aliases::find)
            .put(aliases::update)
            .patch(aliases::update)
            .delete(aliases::delete),
    ]
}

fn groups() -> Vec<At> {
    vec![
        At::path("/api/model-access-groups").get(groups::list).post(groups::create),
        At::path("/api/model-access-groups/create").post(groups::create),
        At::path("/api/model-access-groups/{group}/add-models").post(groups::add_models),
        At::path("/api/model-access-groups/{group}/remove-models").post(groups::remove_models),
        At::path("/api/model-access-groups/{group}/models").put(groups::replace_models),
        At::path("/api/model-access-groups/{group}")
            .get(groups::find)
            .put(groups::update)
            .patch(groups::update)
            .delete(groups::delete),
    ]
}

fn organizations() -> Vec<At> {
    vec![
        At::path("/api/organizations").get(organizations::list).post(organizations::create),
        At::path("/api/organizations/create").post(organizations::create),
        At::path("/api/organizations/{organization}/status").put(organizations::set_status),
        At::path("/api/organizations/{organization}/teams").get(organizations::teams),
        At::path("/api/organizations/{organization}")
            .get(organizations::find)
            .put(organizations::update)
            .patch(organizations::update)
            .delete(organizations::delete),
    ]
}

fn teams_and_keys() -> Vec<At> {
    vec![
        At::path("/api/teams").get(teams::list).post(teams::create),
        At::path("/api/teams/create").post(teams::create),
        At::path("/api/teams/{team}/access-groups").put(teams::replace_access_groups),
        At::path("/api/teams/{team}/suspend").post(teams::suspend).put(teams::suspend),
        At::path("/api/teams/{team}/resume").post(teams::resume).put(teams::resume),
        At::path("/api/teams/{team}/pause").post(teams::pause).put(teams::pause),
        At::path("/api/teams/{team}/models").get(teams::models),
        At::path("/api/teams/{team}/keys").get(keys::list).post(keys::create),
        At::path("/api/teams/{team}/keys/{key}/rotate").post(keys::rotate),
        At::path("/api/teams/{team}/keys/{key}").delete(keys::revoke),
        At::path("/api/teams/{team}")
            .get(teams::find)
            .put(teams::update)
            .patch(teams::update)
            .delete(teams::delete),
    ]
}

fn calls() -> Vec<At> {
    let under_v1 =
        |endpoint: Endpoint| At::path(&format!("/v1{}", endpoint.path())).post(forward::handler(endpoint));
    let mut all: Vec<At> = Endpoint::ALL.into_iter().map(under_v1).collect();
    all.extend([
        At::path("/chat/completions").post(forward::handler(Endpoint::ChatCompletions)),
        At::path("/v1/models").get(models::list),
        At::path("/v1/models/{model:.+}").get(models::find),
    ]);
    all
}

/// Every path and its methods, for comparing them with what is documented.
#[cfg(test)]
pub(crate) fn listed() -> Vec<(String, Vec<Method>)> {
    table().into_iter().map(|at| (at.path, at.methods)).collect()
}

/// One path: its methods, HEAD beside GET, OPTIONS with `Allow`, and 405 with `Allow` for the rest.
struct At {
    path: String,
    routes: Vec<Route>,
    methods: Vec<Method>,
}

impl At {
    fn path(path: &str) -> Self {
        Self { path: path.to_owned(), routes: Vec::new(), methods: vec![Method::OPTIONS] }
    }

    fn is_call(&self) -> bool {
        self.path.starts_with("/v1/") || self.path == "/chat/completions"
    }

    fn get<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(self, handler: F) -> Self {
        let either = guard::Any(guard::Get()).or(guard::Head());
        self.route(web::route().guard(either).to(handler), &[Method::GET, Method::HEAD])
    }

    fn post<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(self, handler: F) -> Self {
        self.route(web::post().to(handler), &[Method::POST])
    }

    fn put<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(self, handler: F) -> Self {
        self.route(web::put().to(handler), &[Method::PUT])
    }

    fn patch<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(self, handler: F) -> Self {
        self.route(web::patch().to(handler), &[Method::PATCH])
    }

    fn delete<F: Handler<A, Output: Responder + 'static>, A: FromRequest + 'static>(
        self,
        handler: F,
    ) -> Self {
        self.route(web::delete().to(handler), &[Method::DELETE])
    }

    fn route(mut self, route: Route, methods: &[Method]) -> Self {
        self.methods.extend_from_slice(methods);
        self.routes.push(route);
        self
    }

    fn done(self) -> Resource {
        let allow = self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
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
