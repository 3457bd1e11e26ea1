//! The mock provider's streams: the server-sent events of each API, one piece of bytes an event.

use alias_core::usage::Endpoint;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::{Asked, CREATED};

/// All events of the answer to a call, in order.
pub(super) fn events(asked: &Asked) -> Vec<Bytes> {
    match asked.endpoint {
        Endpoint::Responses => responses(asked),
        Endpoint::Messages => messages(asked),
        _ => completions(asked),
    }
}

/// Chat and legacy completions: nameless events, the usage in one of its own, `[DONE]`.
fn completions(asked: &Asked) -> Vec<Bytes> {
    let chat = asked.endpoint == Endpoint::ChatCompletions;
    let chunk = |choices: Value| {
        let (id, object) =
            if chat { ("chatcmpl-mock", "chat.completion.chunk") } else { ("cmpl-mock", "text_completion") };
        json!({"id": id, "object": object, "created": CREATED, "model": asked.model, "choices": choices})
    };
    let piece = |text: &str, finish: Value| {
        let mut choice = json!({"index": 0, "logprobs": null, "finish_reason": finish});
        match (chat, text) {
            (true, "") => choice["delta"] = json!({}),
            (true, text) => choice["delta"] = json!({"content": text}),
            (false, text) => choice["text"] = json!(text),
        }
        nameless(&chunk(json!([choice])))
    };
    let mut events = Vec::with_capacity(asked.words.len() + 4);
    if chat {
        let delta = json!({"role": "assistant", "content": ""});
        events.push(nameless(&chunk(json!([{"index": 0, "delta": delta, "finish_reason": null}]))));
    }
    events.extend(asked.words.iter().map(|word| piece(word, Value::Null)));
    events.push(piece("", json!(asked.finish_reason())));
    if asked.include_usage {
        let mut last = chunk(json!([]));
        last["usage"] = asked.usage_with_cost();
        events.push(nameless(&last));
    }
    events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    events
}

/// The Responses API: named and numbered events, the last with the whole response and its usage.
fn responses(asked: &Asked) -> Vec<Bytes> {
    let started = asked.response("in_progress", &json!([]), &Value::Null);
    let open = json!({"id": "msg_mock", "type": "message", "status": "in_progress", "role": "assistant", "content": []});
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
    let at = |mut event: Value| {
        event["item_id"] = json!("msg_mock");
        event["output_index"] = json!(0);
        event["content_index"] = json!(0);
        event
    };
    let whole = asked.text();
    let done = asked.output_item();
    let mut events = vec![
        json!({"type": "response.created", "response": started}),
        json!({"type": "response.in_progress", "response": started}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": open}),
        at(json!({"type": "response.content_part.added", "part": part("")})),
    ];
    events.extend(
        asked.words.iter().map(|word| at(json!({"type": "response.output_text.delta", "delta": word}))),
    );
    events.extend([
        at(json!({"type": "response.output_text.done", "text": whole})),
        at(json!({"type": "response.content_part.done", "part": part(&whole)})),
        json!({"type": "response.output_item.done", "output_index": 0, "item": done}),
        json!({
            "type": "response.completed",
            "response": asked.response("completed", &json!([done]), &asked.usage_with_cost()),
        }),
    ]);
    for (number, event) in events.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    events.iter().map(named).collect()
}

/// The Messages API: named events, the usage in the last but one.
fn messages(asked: &Asked) -> Vec<Bytes> {
    let mut start = asked.message(&json!([]));
    start["stop_reason"] = Value::Null;
    start["usage"]["output_tokens"] = json!(1);
    let delta = |word| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}});
    let mut events = vec![
        json!({"type": "message_start", "message": start}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
    ];
    events.extend(asked.words.iter().map(delta));
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        json!({
            "type": "message_delta",
            "delta": {"stop_reason": asked.stop_reason(), "stop_sequence": null},
            "usage": asked.usage_with_cost(),
        }),
        json!({"type": "message_stop"}),
    ]);
    events.iter().map(named).collect()
}

fn nameless(event: &Value) -> Bytes {
    Bytes::from(format!("data: {event}\n\n"))
}

/// An event whose name is its type, as both named APIs have it.
fn named(event: &Value) -> Bytes {
    let name = event["type"].as_str().unwrap_or_default();
    Bytes::from(format!("event: {name}\ndata: {event}\n\n"))
}
