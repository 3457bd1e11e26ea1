//! Calls as spans of traces (OpenTelemetry), by the names that its conventions give to generative AI. Off unless an
//! address to send them to is set: then nothing here is on the way of a call. What was said is in none of them.

mod call;
mod export;
mod sending;

use std::time::{Duration, Instant, SystemTime};

use alias_core::alias::AliasName;
use alias_core::usage::Endpoint;
use http::Uri;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, SpanExporter as _};

use crate::metrics::Metrics;
use crate::trace::Trace;

pub(crate) use call::CallSpan;
pub use export::Export;
use sending::Sending;

/// The variable that names the service in traces, as every program with OpenTelemetry reads it.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// The variable that switches all traces off, as every program with OpenTelemetry reads it.
const DISABLED: &str = "OTEL_SDK_DISABLED";
/// How long one batch may take to be sent.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Parents of versions and flags that we do not know are kept as they are; of the flags, this one is ours to set.
const SAMPLED: &str = "01";

/// Where spans go, and of which calls there are any.
#[derive(Debug, Clone)]
pub struct SpansConfig {
    /// The collector's address for traces.
    pub endpoint: Uri,
    /// Of a hundred calls that no trace says anything about, how many are traced; `None` leaves that to the standard
    /// variables, which without a word trace all.
    pub percent: Option<u8>,
}

/// Makes spans of calls.
#[derive(Debug, Clone)]
pub struct Spans {
    tracer: SdkTracer,
    server: Vec<KeyValue>,
}

impl Spans {
    /// What makes spans of calls to this upstream, and what sends them.
    ///
    /// # Errors
    /// No exporter can be made of the settings.
    pub fn new(
        config: &SpansConfig,
        upstream: &str,
        metrics: &Metrics,
    ) -> Result<(Self, Export), ExporterBuildError> {
        let resource = resource();
        let mut exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(Sending::default())
            .with_endpoint(config.endpoint.to_string())
            .with_timeout(TIMEOUT)
            .build()?;
        exporter.set_resource(&resource);
        let (queue, export) = export::queue(exporter, metrics.clone());
        let mut provider = SdkTracerProvider::builder().with_resource(resource).with_span_processor(queue);
        if let Some(percent) = config.percent {
            #[expect(clippy::float_arithmetic, reason = "a sampler takes a share as a float")]
            let share = f64::from(percent) / 100.0;
            let others = Sampler::TraceIdRatioBased(share);
            provider = provider.with_sampler(Sampler::ParentBased(Box::new(others)));
        }
        let tracer = provider.build().tracer("alias-server");
        Ok((Self { tracer, server: server(upstream) }, export))
    }

    /// Begins the span of a call that was `received` at that time and is admitted now, and makes it the parent of what
    /// the upstream does. `None` where the call is not traced: a parent that says so goes on as it came.
    pub(crate) fn begin(
        &self,
        trace: &mut Trace,
        (endpoint, alias): (Endpoint, &AliasName),
        received: Instant,
    ) -> Option<CallSpan> {
        let parent = trace.parent().and_then(|(parent, state)| context(parent, state));
        let remote = parent.is_some();
        let parent = parent.map_or_else(Context::new, |of| Context::new().with_remote_span_context(of));
        let now = SystemTime::now();
        let operation = operation(endpoint);
        let builder = SpanBuilder::from_name(format!("{operation} {alias}"))
            .with_kind(SpanKind::Client)
            .with_start_time(now.checked_sub(received.elapsed()).unwrap_or(now));
        let span = self.tracer.build_with_context(builder, &parent);
        let context = span.span_context().clone();
        if context.is_sampled() || !remote {
            trace.set_parent(written(&context));
        }
        span.is_recording().then(|| CallSpan::new(span, now, operation, &self.server))
    }
}

/// Whether the standard variables switch traces off, whatever else is set.
pub fn are_disabled() -> bool {
    std::env::var(DISABLED).is_ok_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Who makes the spans, by the standard variables where these say it.
fn resource() -> Resource {
    let named = std::env::var_os(SERVICE_NAME).is_some_and(|name| !name.is_empty());
    let builder = Resource::builder();
    let builder = if named { builder } else { builder.with_service_name("alias-server") };
    builder.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build()
}

/// Where calls go, as spans say it.
fn server(upstream: &str) -> Vec<KeyValue> {
    let Some(uri) = upstream.parse::<Uri>().ok().filter(|uri| uri.host().is_some()) else {
        return Vec::new();
    };
    let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let port = i64::from(uri.port_u16().unwrap_or(default));
    let host = uri.host().unwrap_or_default().to_owned();
    vec![KeyValue::new("server.address", host), KeyValue::new("server.port", port)]
}

/// The conventions' word for what an endpoint does, or ours where they have none.
fn operation(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::ChatCompletions | Endpoint::Responses | Endpoint::Messages => "chat",
        Endpoint::Completions => "text_completion",
        Endpoint::Embeddings => "embeddings",
        Endpoint::ImagesGenerations => "generate_content",
        Endpoint::Moderations => "moderation",
        other => other.as_str(),
    }
}

/// The span that a `traceparent` speaks of, which was checked before.
fn context(parent: &str, state: Option<&str>) -> Option<SpanContext> {
    let mut parts = parent.split('-').skip(1);
    let trace = TraceId::from_hex(parts.next()?).ok()?;
    let span = SpanId::from_hex(parts.next()?).ok()?;
    let flags = TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()?) & TraceFlags::SAMPLED;
    let state = state.and_then(|state| compact(state).parse::<TraceState>().ok()).unwrap_or_default();
    Some(SpanContext::new(trace, span, flags, true, state))
}

/// A `tracestate` without the spaces and empty members that it may have (W3C Trace Context, section 3.3.1), which
/// the parser does not know.
fn compact(state: &str) -> String {
    let members: Vec<&str> = state.split(',').map(str::trim).filter(|member| !member.is_empty()).collect();
    members.join(",")
}

/// A `traceparent` of this span.
fn written(context: &SpanContext) -> String {
    let flags = if context.is_sampled() { SAMPLED } else { "00" };
    format!("00-{}-{}-{flags}", context.trace_id(), context.span_id())
}
