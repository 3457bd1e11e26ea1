//! Aliases in a service of your own, with axum: `cargo run -p alias-router --example axum`.
//!
//! It decides about calls as alias-server does, by the same crates, and says where each goes: forwarding is yours.

#[path = "../service/mod.rs"]
mod service;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::service::{Service, Shelf, document, key, refusal};

async fn chat(State(service): State<Arc<Service>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    match service.route(authorization, body["model"].as_str().unwrap_or_default()) {
        // Here the body is sent on with `model` set to the target, and the answer comes back with `model` set to the alias.
        Ok(route) => Json(json!({ "model": route.alias, "goes_to": route.target })).into_response(),
        Err(why) => {
            let (status, body) = refusal(&why);
            (StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN), Json(body)).into_response()
        }
    }
}

fn routes(service: Arc<Service>) -> Router {
    Router::new().route("/v1/chat/completions", post(chat)).with_state(service)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example says what to try")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (shelf, secret) = (Arc::new(Shelf::default()), key()?);
    let team = "newclient-prod".to_owned();
    let shown = secret.expose().to_owned();
    shelf.replace(document(), HashMap::from([(team, secret)]))?;
    let service = Arc::new(Service::start(shelf).await?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8004").await?;
    println!("curl localhost:8004/v1/chat/completions -H 'Content-Type: application/json' \\");
    println!("  -H 'Authorization: Bearer {shown}' -d '{{\"model\": \"fast\"}}'");
    axum::serve(listener, routes(service)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_call_goes_where_its_alias_points_and_only_where_it_is_granted() {
        let (shelf, secret) = (Arc::new(Shelf::default()), key().unwrap());
        let bearer = format!("Bearer {}", secret.expose());
        shelf.replace(document(), HashMap::from([("newclient-prod".to_owned(), secret)])).unwrap();
        let service = Arc::new(Service::start(shelf).await.unwrap());
        let app = routes(Arc::clone(&service));
        let call = async |bearer: &str, model: &str| {
            let request = Request::post("/v1/chat/completions")
                .header("authorization", bearer)
                .header("content-type", "application/json")
                .body(Body::from(json!({ "model": model }).to_string()))
                .unwrap();
            let answer = app.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (status, serde_json::from_slice::<Value>(&body).unwrap())
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
