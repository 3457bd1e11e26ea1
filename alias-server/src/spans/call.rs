//! The span of one call: begun when it is taken, ended with its record.

use std::time::{Duration, SystemTime};

use alias_core::catalog::Revision;
use alias_core::usage::{Outcome, TokenUsage, UsageEvent};
use opentelemetry::trace::{Span as _, Status};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::Span;

/// The span of a call. Dropped without a word, it ends as it is.
#[derive(Debug)]
pub(crate) struct CallSpan {
    span: Span,
    admitted: SystemTime,
}

impl CallSpan {
    pub(super) fn new(
        mut span: Span,
        admitted: SystemTime,
        operation: &'static str,
        server: &[KeyValue],
    ) -> Self {
        span.set_attribute(KeyValue::new("gen_ai.operation.name", operation));
        span.set_attributes(server.iter().cloned());
        span.set_attribute(KeyValue::new("http.request.method", "POST"));
        Self { span, admitted }
    }

    /// The call ended so, by its record. `sent` says whether anything had left for the upstream.
    pub(crate) fn end(mut self, event: &UsageEvent, revision: Revision, sent: bool) {
        let call = &event.call;
        let text = |name: &'static str, value: String| KeyValue::new(name, value);
        let mut of = vec![
            text("gen_ai.provider.name", call.litellm_model.provider().to_owned()),
            text("gen_ai.request.model", call.alias.to_string()),
            text("gen_ai.response.model", call.litellm_model.to_string()),
            KeyValue::new("http.route", format!("/v1{}", call.endpoint.path())),
            KeyValue::new("model_aliases.stream", call.stream),
            text("model_aliases.request_id", call.request_id.clone()),
            text("model_aliases.call_id", call.call_id.to_string()),
            text("model_aliases.organization_id", call.organization_id.to_string()),
            text("model_aliases.team_id", call.team_id.to_string()),
            text("model_aliases.key_id", call.key_id.to_string()),
            KeyValue::new("model_aliases.revision", number(revision.0)),
        ];
        if event.status > 0 {
            of.push(KeyValue::new("http.response.status_code", i64::from(event.status)));
        }
        if sent {
            of.push(KeyValue::new("model_aliases.outcome", event.outcome.as_str()));
        }
        of.extend(event.tokens.iter().flat_map(tokens));
        of.extend(failed(event));
        let error = match event.outcome {
            Outcome::Complete => None,
            outcome => Some(event.error_code.clone().unwrap_or_else(|| outcome.as_str().to_owned())),
        };
        if let Some(error) = error {
            of.push(KeyValue::new("error.type", error));
            self.span.set_status(Status::error(""));
        }
        self.span.set_attributes(of);
        if let Some(micros) = event.first_byte_us {
            let at = self.admitted + Duration::from_micros(micros);
            self.span.add_event_with_timestamp("first_byte", at, Vec::new());
        }
        self.span.end();
    }
}

/// The classes of tokens that the conventions know. What is read from a cache, or written to one, is input.
fn tokens(used: &TokenUsage) -> [KeyValue; 4] {
    [
        KeyValue::new("gen_ai.usage.input_tokens", number(used.all_input())),
        KeyValue::new("gen_ai.usage.output_tokens", number(used.total() - used.all_input())),
        KeyValue::new("gen_ai.usage.cache_read.input_tokens", number(used.cache_read)),
        KeyValue::new(
            "gen_ai.usage.cache_creation.input_tokens",
            number(used.cache_write + used.cache_write_1h),
        ),
    ]
}

/// The targets that failed the call before, if any.
fn failed(event: &UsageEvent) -> Option<KeyValue> {
    let failed = &event.settlement.failed;
    let said = failed.iter().map(|of| StringValue::from(format!("{}: {}", of.litellm_model, of.code)));
    let said = Value::Array(Array::String(said.collect()));
    (!failed.is_empty()).then(|| KeyValue::new("model_aliases.failed_targets", said))
}

fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
