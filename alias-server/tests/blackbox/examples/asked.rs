//! What else operations are asked than their examples: with other parameters, and what they refuse.

use serde_json::{Value, json};

/// One question more to an operation: its name, what is put for its placeholders and behind its path, and the body.
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) body: Option<Value>,
    pub(super) status: u16,
}

fn asked(name: &'static str, path: &'static str, body: Option<Value>, status: u16) -> Asked {
    Asked { name, path, body, status }
}

/// Questions whose answers have what others lack.
pub(super) fn questions() -> Vec<Asked> {
    let chat = |model: &str, stream: bool| {
        Some(
            json!({"model": model, "max_tokens": 5, "stream": stream, "messages": [{"role": "user", "content": "hi"}]}),
        )
    };
    let gpt_4 = || Some(json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4"}));
    let new = || Some(json!({"alias": "not-there-yet", "litellm_model": "openai/gpt-4"}));
    let all = "/v1/chat/completions";
    vec![
        asked("get_model_alias", "/api/model-aliases/gpt-4?expand=teams,history", None, 200),
        asked("get_model_alias", "/api/model-aliases/gpt-4?at=2001-01-01T00:00:00Z", None, 404),
        asked("get_team", "/api/teams/acme-prod?expand=models", None, 200),
        asked("create_model_alias", "/api/model-aliases/create", gpt_4(), 409),
        asked("create_model_alias", "/api/model-aliases/create?if_exists=ignore", gpt_4(), 200),
        asked("create_model_alias", "/api/model-aliases/create?dry_run=true", new(), 200),
        asked(
            "update_model_alias",
            "/api/model-aliases/gpt-4?dry_run=true",
            Some(json!({"active": false})),
            200,
        ),
        asked(
            "add_models_to_access_group",
            "/api/model-access-groups/gpt-models/add-models",
            Some(json!({"model_aliases": ["gtp-4o"]})),
            422,
        ),
        asked(
            "change_model_aliases",
            "/api/model-aliases/bulk",
            Some(json!({"operations": [{"op": "delete", "alias": "nothing-there"}]})),
            404,
        ),
        asked(
            "apply_document",
            "/api/apply",
            Some(
                json!({"document": {"version": 1, "aliases": {"other": "openai/gpt-4"}}, "fingerprint": "0".repeat(64)}),
            ),
            409,
        ),
        asked("chat_completions", all, chat("gpt-4", true), 200),
        asked("chat_completions_without_v1", "/chat/completions", chat("gpt-4", true), 200),
        asked("messages", "/v1/messages", chat("gpt-4", true), 200),
        asked(
            "completions",
            "/v1/completions",
            Some(json!({"model": "gpt-4", "prompt": "hi", "stream": true})),
            200,
        ),
        asked(
            "responses",
            "/v1/responses",
            Some(json!({"model": "gpt-4", "input": "hi", "stream": true})),
            200,
        ),
        asked("chat_completions", all, chat("gtp-4", false), 404),
        asked("messages", "/v1/messages", chat("gtp-4", false), 404),
        asked("get_model", "/v1/models/gtp-4", None, 404),
        asked("chat_completions", all, Some(json!({"messages": []})), 400),
        asked("chat_completions", all, Some(json!({"model": "gpt-4", "messages": [], "api_base": "x"})), 400),
        asked(
            "create_job_and_call",
            "/api/jobs/create-and-call",
            Some(json!({"job_type": "t", "model": "gtp-4", "messages": [{"role": "user", "content": "hi"}]})),
            404,
        ),
        asked("explain_error", "/docs/errors/nothing-there", None, 404),
        asked("explain_error", "/docs/errors/forbidden.md", None, 200),
    ]
}
