//! Aliases in a service of your own, with actix-web: `cargo run -p alias-router --example actix`.
//!
//! It decides about calls as alias-server does, by the same crates, and says where each goes: forwarding is yours.

#[path = "../service/mod.rs"]
mod service;

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::service::{Service, Shelf, document, key, refusal};

async fn chat(request: HttpRequest, service: web::Data<Service>, body: web::Json<Value>) -> HttpResponse {
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    match service.route(authorization, body["model"].as_str().unwrap_or_default()) {
        // Here the body is sent on with `model` set to the target, and the answer comes back with `model` set to the alias.
        Ok(route) => HttpResponse::Ok().json(json!({ "model": route.alias, "goes_to": route.target })),
        Err(why) => {
            let (status, body) = refusal(&why);
            HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN)).json(body)
        }
    }
}

fn routes(to: &mut web::ServiceConfig) {
    to.route("/v1/chat/completions", web::post().to(chat));
}

#[actix_web::main]
#[expect(clippy::print_stdout, reason = "an example says what to try")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (shelf, secret) = (Arc::new(Shelf::default()), key()?);
    let team = "newclient-prod".to_owned();
    let shown = secret.expose().to_owned();
    shelf.replace(document(), HashMap::from([(team, secret)]))?;
    let service = web::Data::new(Service::start(shelf).await?);
    let server = HttpServer::new(move || App::new().app_data(service.clone()).configure(routes))
        .bind(("127.0.0.1", 8004))?;
    println!("curl localhost:8004/v1/chat/completions -H 'Content-Type: application/json' \\");
    println!("  -H 'Authorization: Bearer {shown}' -d '{{\"model\": \"fast\"}}'");
    server.run().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use actix_web::test;

    use super::*;

    #[actix_web::test]
    async fn a_call_goes_where_its_alias_points_and_only_where_it_is_granted() {
        let (shelf, secret) = (Arc::new(Shelf::default()), key().unwrap());
        let bearer = format!("Bearer {}", secret.expose());
        shelf.replace(document(), HashMap::from([("newclient-prod".to_owned(), secret)])).unwrap();
        let service = web::Data::new(Service::start(shelf).await.unwrap());
        let app = test::init_service(App::new().app_data(service.clone()).configure(routes)).await;
        let call = async |bearer: &str, model: &str| {
            let request = test::TestRequest::post().uri("/v1/chat/completions");
            let request =
                request.insert_header(("authorization", bearer)).set_json(json!({ "model": model }));
            let answer = test::call_service(&app, request.to_request()).await;
            (answer.status().as_u16(), test::read_body_json::<Value, _>(answer).await)
        };
        let (status, body) = call(&bearer, "fast").await;
        assert_eq!((status, &body["goes_to"]), (200, &json!("openai/gpt-4o-mini")));
        let (status, body) = call(&bearer, "smart").await;
        assert_eq!((status, &body["error"]["code"]), (403, &json!("model_access_denied")));
        assert_eq!(call("Bearer nobody", "fast").await.0, 401);
        let mut other = document();
        other["aliases"]["fast"] = json!("groq/llama-3.3-70b");
        service.replace(other).await;
        assert_eq!(call(&bearer, "fast").await.1["goes_to"], "groq/llama-3.3-70b", "the next call sees it");
    }
}
