//! The calls of `/v1`: their bodies are their providers' business, so that they are described in outline only.

use alias_core::usage::Endpoint;
use serde_json::{Value, json};
use utoipa::Modify;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Object, OpenApi, RefOr, Required, ResponseBuilder, Type};

/// Adds the paths of calls.
pub(super) struct Calls;

impl Modify for Calls {
    fn modify(&self, document: &mut OpenApi) {
        for endpoint in Endpoint::ALL {
            let path = format!("/v1{}", endpoint.path());
            document.paths.paths.insert(path, post(endpoint, endpoint.as_str()));
        }
        let guide = post(Endpoint::ChatCompletions, "chat_completions_without_v1");
        document.paths.paths.insert("/chat/completions".into(), guide);
        document
            .paths
            .paths
            .insert("/v1/models".into(), get("list_models", "List the models that this key may call."));
        let mut model = get("get_model", "Show a model that this key may call.");
        if let Some(operation) = &mut model.get {
            let parameter = ParameterBuilder::new()
                .name("model")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some("The alias; a slash in it may stand as it is, or as `%2F`."))
                .schema(Some(Object::with_type(Type::String)))
                .example(Some(json!("gpt-4")));
            operation.parameters = Some(vec![parameter.build().into()]);
        }
        document.paths.paths.insert("/v1/models/{model}".into(), model);
    }
}

fn post(endpoint: Endpoint, operation_id: &str) -> PathItem {
    let body =
        ContentBuilder::new().schema(Some(Object::with_type(Type::Object))).example(Some(example(endpoint)));
    let body = RequestBodyBuilder::new()
        .description(Some("As the provider's own API takes it, with an alias as `model`; without one, the team's `default_model` is called."))
        .content("application/json", body.build())
        .required(Some(Required::True));
    let answer = answer(endpoint);
    let mut operation =
        operation(operation_id, summary(endpoint), Some(answer)).request_body(Some(body.build())).build();
    let answered = operation.responses.responses.get_mut("200");
    if let Some(RefOr::T(answered)) = answered.filter(|_| streams(endpoint)) {
        let events = ContentBuilder::new().schema(Some(Object::with_type(Type::String))).build();
        answered.content.insert("text/event-stream".into(), events.into());
        answered.description.push_str(" With `\"stream\": true`, as events.");
    }
    PathItem::new(HttpMethod::Post, operation)
}

fn get(operation_id: &str, summary: &str) -> PathItem {
    PathItem::new(HttpMethod::Get, operation(operation_id, summary, None).build())
}

fn operation(operation_id: &str, summary: &str, example: Option<Value>) -> OperationBuilder {
    let answer = ContentBuilder::new().schema(Some(Object::with_type(Type::Object))).example(example).build();
    let answer = ResponseBuilder::new()
        .description("As the provider's own API answers it.")
        .content("application/json", answer);
    Operation::builder()
        .tag("calls")
        .operation_id(Some(operation_id))
        .summary(Some(summary))
        .response("200", answer.build())
}

/// Whether it can answer piece by piece.
fn streams(endpoint: Endpoint) -> bool {
    use Endpoint::{ChatCompletions, Completions, Messages, Responses};
    matches!(endpoint, ChatCompletions | Completions | Messages | Responses)
}

fn summary(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::ChatCompletions => "Complete a chat.",
        Endpoint::Completions => "Complete a text.",
        Endpoint::Embeddings => "Embed texts.",
        Endpoint::Responses => "Answer, in the format of OpenAI's Responses API.",
        Endpoint::Messages => "Answer, in the format of Anthropic's Messages API.",
        Endpoint::ImagesGenerations => "Draw images.",
        Endpoint::Moderations => "Classify texts.",
        Endpoint::Rerank => "Sort documents by how they fit a query.",
        _ => "Call a model.",
    }
}

fn example(endpoint: Endpoint) -> Value {
    let messages = json!([{"role": "user", "content": "Hello!"}]);
    match endpoint {
        Endpoint::Completions => json!({"model": "gpt-3.5-turbo", "prompt": "Hello"}),
        Endpoint::Responses | Endpoint::Embeddings | Endpoint::Moderations => {
            json!({"model": "gpt-4", "input": "Hello!"})
        }
        Endpoint::Messages => json!({"model": "claude-3-opus", "max_tokens": 256, "messages": messages}),
        Endpoint::ImagesGenerations => json!({"model": "vision", "prompt": "A white siamese cat"}),
        Endpoint::Rerank => json!({"model": "smart", "query": "alias", "documents": ["a name", "a number"]}),
        _ => json!({"model": "gpt-4", "messages": messages}),
    }
}

/// What a provider answers to the example, but for what only some of them say.
fn answer(endpoint: Endpoint) -> Value {
    let usage = json!({"prompt_tokens": 9, "completion_tokens": 8, "total_tokens": 17});
    let said = "Hello! How can I help you today?";
    let moderation =
        json!({"flagged": false, "categories": {"violence": false}, "category_scores": {"violence": 0.0001}});
    match endpoint {
        Endpoint::Completions => json!({
            "id": "cmpl-123", "object": "text_completion", "created": 1_728_907_200, "model": "gpt-3.5-turbo",
            "choices": [{"index": 0, "text": said, "finish_reason": "stop"}], "usage": usage,
        }),
        Endpoint::Embeddings => json!({
            "object": "list", "model": "gpt-4", "data": [{"object": "embedding", "index": 0, "embedding": [0.25, -0.5, 0.75]}],
            "usage": {"prompt_tokens": 2, "total_tokens": 2},
        }),
        Endpoint::Responses => json!({
            "id": "resp_123", "object": "response", "created_at": 1_728_907_200, "status": "completed", "model": "gpt-4",
            "output": [{
                "id": "msg_123", "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": said, "annotations": []}],
            }],
            "usage": {"input_tokens": 9, "output_tokens": 8, "total_tokens": 17},
        }),
        Endpoint::Messages => json!({
            "id": "msg_123", "type": "message", "role": "assistant", "model": "claude-3-opus",
            "content": [{"type": "text", "text": said}], "stop_reason": "end_turn", "stop_sequence": null,
            "usage": {"input_tokens": 9, "output_tokens": 8},
        }),
        Endpoint::ImagesGenerations => {
            json!({"created": 1_728_907_200, "data": [{"url": "https://images.example/cat.png"}]})
        }
        Endpoint::Moderations => json!({"id": "modr-123", "model": "gpt-4", "results": [moderation]}),
        Endpoint::Rerank => json!({
            "id": "rerank-123",
            "results": [{"index": 0, "relevance_score": 0.98}, {"index": 1, "relevance_score": 0.02}],
        }),
        _ => json!({
            "id": "chatcmpl-123", "object": "chat.completion", "created": 1_728_907_200, "model": "gpt-4",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
            "usage": usage,
        }),
    }
}
