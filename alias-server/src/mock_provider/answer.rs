//! What a call asked the mock provider, and its answer as one JSON document per endpoint.

use alias_core::usage::Endpoint;
use http::header::HeaderValue;
use serde_json::{Value, json};

/// Answers carry the day of the user guide's examples (2024-10-14T12:00:00Z), so that they never differ.
pub(super) const CREATED: u64 = 1_728_907_200;
/// The most characters of a prompt that an answer repeats.
const MAX_ECHO: usize = 200;
/// The most images, vectors or documents in one answer.
const MAX_ITEMS: usize = 100;
/// Prices in nano-USD per token.
const INPUT_PRICE: u64 = 500;
const OUTPUT_PRICE: u64 = 1_500;
/// One transparent pixel.
const IMAGE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
/// The fields that hold a prompt, the one that is echoed last.
const PROMPTS: [&str; 7] = ["documents", "system", "instructions", "messages", "prompt", "input", "query"];
/// The models that the user guide points aliases at.
const MODELS: [&str; 7] = [
    "anthropic/claude-3-opus-20240229",
    "anthropic/claude-3-sonnet-20240229",
    "gemini/gemini-pro",
    "openai/gpt-3.5-turbo",
    "openai/gpt-4",
    "openai/gpt-4-turbo",
    "openai/gpt-4-vision-preview",
];

/// A call as the provider understood it.
pub(super) struct Asked {
    pub(super) endpoint: Endpoint,
    pub(super) model: String,
    /// The reply in words, each with the space that follows it.
    pub(super) words: Vec<String>,
    /// Whether the reply was cut at the call's limit of tokens.
    pub(super) cut: bool,
    pub(super) stream: bool,
    /// Whether a stream reports usage (chat and legacy completions; the other streams always do).
    pub(super) include_usage: bool,
    /// Tokens of the prompt: one a word, at least one.
    input: u64,
    body: Value,
}

impl Asked {
    /// Reads a body; the error is a sentence for the caller.
    pub(super) fn read(endpoint: Endpoint, body: &[u8]) -> Result<Self, String> {
        let body: Value =
            serde_json::from_slice(body).map_err(|why| format!("The body is not valid JSON: {why}."))?;
        let Some(model) = body["model"].as_str() else {
            return Err("The field `model` is missing or no string.".into());
        };
        let mut texts = Vec::new();
        for field in PROMPTS {
            collect_texts(&body[field], &mut texts);
        }
        let input = texts.iter().map(|text| text.split_whitespace().count() as u64).sum::<u64>().max(1);
        let said: String = texts.last().copied().unwrap_or_default().chars().take(MAX_ECHO).collect();
        let reply = format!("Hello from {model} (mock): you said \"{said}\"");
        let mut words: Vec<String> = reply.split_inclusive(' ').map(str::to_owned).collect();
        let limit = ["max_completion_tokens", "max_output_tokens", "max_tokens"]
            .iter()
            .find_map(|field| body[*field].as_u64())
            .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX).max(1));
        let cut = words.len() > limit;
        words.truncate(limit);
        let streams =
            [Endpoint::ChatCompletions, Endpoint::Completions, Endpoint::Responses, Endpoint::Messages];
        let stream = body["stream"] == true && streams.contains(&endpoint);
        let include_usage = body["stream_options"]["include_usage"] == true;
        Ok(Self { endpoint, model: model.to_owned(), words, cut, stream, include_usage, input, body })
    }

    /// A chat call that nobody made, for answers that do not depend on the call.
    pub(super) fn constant(model: &str, said: &str) -> Self {
        let words = format!("Hello from {model} (mock): you said \"{said}\"");
        Self {
            endpoint: Endpoint::ChatCompletions,
            model: model.to_owned(),
            words: words.split_inclusive(' ').map(str::to_owned).collect(),
            cut: false,
            stream: true,
            include_usage: true,
            input: 9,
            body: Value::Null,
        }
    }

    /// The whole answer.
    pub(super) fn answer(&self) -> Value {
        match self.endpoint {
            Endpoint::Completions => self.completion(),
            Endpoint::Embeddings => self.embeddings(),
            Endpoint::Responses => self.response("completed", &json!([self.output_item()]), &self.usage()),
            Endpoint::Messages => self.message(&json!([{"type": "text", "text": self.text()}])),
            Endpoint::ImagesGenerations => self.images(),
            Endpoint::Moderations => self.moderation(),
            Endpoint::Rerank => self.rerank(),
            _ => self.chat_completion(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.words.concat()
    }

    fn output(&self) -> u64 {
        match self.endpoint {
            Endpoint::Embeddings | Endpoint::Moderations | Endpoint::Rerank => 0,
            _ => self.words.len() as u64,
        }
    }

    /// Whether the model is one that fails, to try out what happens then.
    pub(super) fn fails(&self) -> bool {
        self.body["model"].as_str().is_some_and(|model| model.ends_with("failing"))
    }

    /// What the call cost in USD, as LiteLLM says it.
    fn cost(&self) -> String {
        let nanos = self.input * INPUT_PRICE + self.output() * OUTPUT_PRICE;
        format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
    }

    pub(super) fn cost_header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.cost()).unwrap_or(HeaderValue::from_static("0"))
    }

    /// The usage in the names of the endpoint's API.
    pub(super) fn usage(&self) -> Value {
        let (input, output) = (self.input, self.output());
        match self.endpoint {
            Endpoint::Embeddings => json!({"prompt_tokens": input, "total_tokens": input}),
            Endpoint::Messages => json!({"input_tokens": input, "output_tokens": output}),
            Endpoint::Responses | Endpoint::ImagesGenerations => json!({
                "input_tokens": input, "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": output, "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": input + output,
            }),
            _ => json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output}),
        }
    }

    /// The usage with its cost, as the last event of a stream carries it.
    pub(super) fn usage_with_cost(&self) -> Value {
        let mut usage = self.usage();
        usage["cost"] = self.cost().parse().map_or(Value::Null, Value::Number);
        usage
    }

    pub(super) fn finish_reason(&self) -> &'static str {
        if self.cut { "length" } else { "stop" }
    }

    fn chat_completion(&self) -> Value {
        let message = json!({"role": "assistant", "content": self.text(), "refusal": null});
        json!({
            "id": "chatcmpl-mock", "object": "chat.completion", "created": CREATED, "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": self.finish_reason()}],
            "usage": self.usage(),
        })
    }

    fn completion(&self) -> Value {
        let choice =
            json!({"index": 0, "text": self.text(), "logprobs": null, "finish_reason": self.finish_reason()});
        json!({
            "id": "cmpl-mock", "object": "text_completion", "created": CREATED, "model": self.model,
            "choices": [choice], "usage": self.usage(),
        })
    }

    fn embeddings(&self) -> Value {
        let inputs = self.body["input"].as_array().map_or(1, Vec::len).clamp(1, MAX_ITEMS);
        let vector = json!([0.12, -0.34, 0.56, -0.78, 0.9, -0.11, 0.22, -0.33]);
        let data: Vec<_> = (0..inputs)
            .map(|index| json!({"object": "embedding", "index": index, "embedding": vector}))
            .collect();
        json!({"object": "list", "model": self.model, "data": data, "usage": self.usage()})
    }

    /// The object of the Responses API.
    pub(super) fn response(&self, status: &str, output: &Value, usage: &Value) -> Value {
        json!({
            "id": "resp_mock", "object": "response", "created_at": CREATED, "status": status, "error": null,
            "incomplete_details": null, "model": self.model, "output": output, "parallel_tool_calls": true,
            "tool_choice": "auto", "tools": [], "usage": usage,
        })
    }

    pub(super) fn output_item(&self) -> Value {
        json!({
            "id": "msg_mock", "type": "message", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": self.text(), "annotations": []}],
        })
    }

    /// The object of the Messages API.
    pub(super) fn message(&self, content: &Value) -> Value {
        json!({
            "id": "msg_mock", "type": "message", "role": "assistant", "model": self.model, "content": content,
            "stop_reason": self.stop_reason(), "stop_sequence": null, "usage": self.usage(),
        })
    }

    pub(super) fn stop_reason(&self) -> &'static str {
        if self.cut { "max_tokens" } else { "end_turn" }
    }

    fn images(&self) -> Value {
        let count =
            self.body["n"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(1).clamp(1, MAX_ITEMS);
        json!({"created": CREATED, "data": vec![json!({"b64_json": IMAGE}); count], "usage": self.usage()})
    }

    fn moderation(&self) -> Value {
        let result = json!({
            "flagged": false,
            "categories": {"harassment": false, "hate": false, "self-harm": false, "sexual": false, "violence": false},
            "category_scores": {"harassment": 0.0, "hate": 0.0, "self-harm": 0.0, "sexual": 0.0, "violence": 0.0},
        });
        json!({"id": "modr-mock", "model": self.model, "results": [result]})
    }

    fn rerank(&self) -> Value {
        let documents = self.body["documents"].as_array().map_or(0, Vec::len);
        let asked = self.body["top_n"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(documents);
        let score = |index: usize| format!("0.{:02}", 99 - index).parse().map_or(Value::Null, Value::Number);
        let results: Vec<_> = (0..documents.min(asked).min(MAX_ITEMS))
            .map(|index| json!({"index": index, "relevance_score": score(index)}))
            .collect();
        let meta = json!({"billed_units": {"search_units": 1}, "tokens": {"input_tokens": self.input}});
        json!({"id": "rerank-mock", "results": results, "meta": meta})
    }
}

/// The provider's list of models.
pub(super) fn models() -> Value {
    let model = |id| json!({"id": id, "object": "model", "created": CREATED, "owned_by": "mock"});
    json!({"object": "list", "data": MODELS.map(model)})
}

/// All strings of a prompt in order: messages and their parts have them in `content` or `text`.
fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(fields) => ["content", "text"]
            .iter()
            .filter_map(|name| fields.get(*name))
            .for_each(|field| collect_texts(field, texts)),
        _ => {}
    }
}
