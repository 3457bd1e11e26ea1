//! Figures for Prometheus: what calls were, what they took, and how the server stands.
//!
//! Labels are bounded: aliases that the server knows, words of ours, and nothing that a client writes.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use alias_core::alias::AliasName;
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::money::NanoUsd;
use alias_core::usage::{Endpoint, Outcome, TokenUsage, UsageEvent};
use parking_lot::RwLock;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::error::Code;

/// What answers say that carry the figures.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How calls end.
const OUTCOMES: [Outcome; 4] =
    [Outcome::Complete, Outcome::Failed, Outcome::Disconnected, Outcome::Interrupted];

/// A word of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Word(&'static str);

impl EncodeLabelValue for Word {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        EncodeLabelValue::encode(&self.0, encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCall {
    alias: String,
    endpoint: Word,
    outcome: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTokens {
    alias: String,
    class: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAlias {
    alias: String,
}

/// What became of a copy of a call for the shadow of its alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShadowCopy {
    /// It was answered.
    Complete,
    /// It was not.
    Failed,
    /// It was not sent: there was no room for it.
    Skipped,
}

impl ShadowCopy {
    const ALL: [Self; 3] = [Self::Complete, Self::Failed, Self::Skipped];

    fn of(self, alias: String) -> OfCopy {
        let outcome = match self {
            Self::Complete => Outcome::Complete.as_str(),
            Self::Failed => Outcome::Failed.as_str(),
            Self::Skipped => "skipped",
        };
        OfCopy { alias, outcome: Word(outcome) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCopy {
    alias: String,
    outcome: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRefusal {
    code: Word,
}

/// How the server stands when it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// The revision of the catalogue that decides.
    pub revision: Revision,
    /// How often the database was found to be an earlier state of itself.
    pub restorations: u64,
    /// How often a write here was made to count here, and how long that took in all, from its being committed.
    pub publishing: (u64, Duration),
    /// Calls that are recorded and not in the books yet.
    pub unshipped: u64,
    /// How often a call had to ask the database for credit.
    pub credit_trips: u64,
    /// Calls that are read to their end without a client.
    pub without_client: u64,
    /// Connections to the database: all, and those in use.
    pub database: (u64, u64),
}

/// The figures. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics {
    calls: Family<OfCall, Counter>,
    tokens: Family<OfTokens, Counter>,
    provider_cost: Family<OfAlias, Counter>,
    billed: Family<OfAlias, Counter>,
    shadow_copies: Family<OfCopy, Counter>,
    shadow_cost: Family<OfAlias, Counter>,
    refusals: Family<OfRefusal, Counter>,
    overhead: Histogram,
    first_byte: Histogram,
    duration: Histogram,
    confirmed: Gauge<f64, AtomicU64>,
    /// Of which aliases there are figures.
    aliases: Arc<RwLock<HashSet<String>>>,
    spans_exported: Counter,
    spans_dropped: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            tokens: Family::default(),
            provider_cost: Family::default(),
            billed: Family::default(),
            shadow_copies: Family::default(),
            shadow_cost: Family::default(),
            refusals: Family::default(),
            // 10 µs to 0.3 s.
            overhead: Histogram::new(exponential_buckets(1e-5, 2.0, 16)),
            // 1 ms to 262 s.
            first_byte: Histogram::new(exponential_buckets(1e-3, 2.0, 19)),
            duration: Histogram::new(exponential_buckets(1e-3, 2.0, 19)),
            confirmed: Gauge::default(),
            aliases: Arc::default(),
            spans_exported: Counter::default(),
            spans_dropped: Counter::default(),
        }
    }
}

impl Metrics {
    /// A call ended.
    pub fn call(&self, event: &UsageEvent) {
        let alias = event.call.alias.to_string();
        self.has_figures(&alias);
        let amount = |of: &Family<OfAlias, Counter>, amount: Option<NanoUsd>| {
            let nanos =
                amount.and_then(|amount| u64::try_from(amount.nanos()).ok()).filter(|nanos| *nanos > 0);
            if let Some(nanos) = nanos {
                of.get_or_create(&OfAlias { alias: alias.clone() }).inc_by(nanos);
            }
        };
        amount(&self.provider_cost, event.provider_cost);
        amount(&self.billed, event.charge);
        if let Some(tokens) = &event.tokens {
            for (class, count) in tokens.classes() {
                if count > 0 {
                    let of = OfTokens { alias: alias.clone(), class: Word(class) };
                    self.tokens.get_or_create(&of).inc_by(count);
                }
            }
        }
        if let Some(micros) = event.first_byte_us {
            self.first_byte.observe(Duration::from_micros(micros).as_secs_f64());
        }
        self.duration.observe(Duration::from_micros(event.duration_us).as_secs_f64());
        self.counted(alias, event.call.endpoint, event.outcome);
    }

    /// So became of a copy of a call of an alias, which took so many nano-USD.
    pub fn shadow(&self, alias: &AliasName, became: ShadowCopy, cost: Option<u64>) {
        let alias = alias.to_string();
        self.has_figures(&alias);
        if let Some(nanos) = cost.filter(|nanos| *nanos > 0) {
            self.shadow_cost.get_or_create(&OfAlias { alias: alias.clone() }).inc_by(nanos);
        }
        self.shadow_copies.get_or_create(&became.of(alias)).inc();
    }

    fn has_figures(&self, alias: &str) {
        if !self.aliases.read().contains(alias) {
            self.aliases.write().insert(alias.to_owned());
        }
    }

    fn counted(&self, alias: String, endpoint: Endpoint, outcome: Outcome) {
        let of = OfCall { alias, endpoint: Word(endpoint.as_str()), outcome: Word(outcome.as_str()) };
        self.calls.get_or_create(&of).inc();
    }

    /// A call was on its way so long after its body was read.
    pub fn overhead(&self, took: Duration) {
        self.overhead.observe(took.as_secs_f64());
    }

    /// A request was refused.
    pub fn refused(&self, code: Code) {
        self.refusals.get_or_create(&OfRefusal { code: Word(code.word()) }).inc();
    }

    /// The database said by which revision to decide.
    pub fn confirmed(&self, at: Timestamp) {
        let since = Duration::from_micros(at.micros().try_into().unwrap_or_default());
        self.confirmed.set(since.as_secs_f64());
    }

    /// So many spans of calls were taken by the collector.
    pub fn spans_exported(&self, count: u64) {
        self.spans_exported.inc_by(count);
    }

    /// So many spans of calls are lost: nobody took them in time.
    pub fn spans_dropped(&self, count: u64) {
        self.spans_dropped.inc_by(count);
    }

    /// Forgets the figures of aliases that are there no more. To be called after they were told once more.
    pub fn forget(&self, is_there: impl Fn(&str) -> bool) {
        let mut aliases = self.aliases.write();
        let gone: Vec<String> = aliases.extract_if(|alias| !is_there(alias)).collect();
        for alias in gone {
            for (endpoint, outcome) in Endpoint::ALL.into_iter().flat_map(|e| OUTCOMES.map(|o| (e, o))) {
                let (endpoint, outcome) = (Word(endpoint.as_str()), Word(outcome.as_str()));
                self.calls.remove(&OfCall { alias: alias.clone(), endpoint, outcome });
            }
            for (class, _) in TokenUsage::default().classes() {
                self.tokens.remove(&OfTokens { alias: alias.clone(), class: Word(class) });
            }
            for copy in ShadowCopy::ALL {
                self.shadow_copies.remove(&copy.of(alias.clone()));
            }
            let of = OfAlias { alias };
            self.shadow_cost.remove(&of);
            self.provider_cost.remove(&of);
            self.billed.remove(&of);
        }
    }

    /// All figures as text.
    ///
    /// # Errors
    /// None that is known: writing to a text does not fail.
    pub fn text(&self, standing: &Standing) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("alias");
        let r = &mut registry;
        r.register("calls", "Calls that were made, by how they ended", self.calls.clone());
        r.register("tokens", "Tokens that calls used, each in one class", self.tokens.clone());
        r.register("provider_cost_nano_usd", "What providers took, in nano-USD", self.provider_cost.clone());
        r.register("billed_nano_usd", "What clients are charged, in nano-USD", self.billed.clone());
        let help = "Copies of calls for shadows, by what became of them";
        r.register("shadow_copies", help, self.shadow_copies.clone());
        let help = "What providers took for copies of calls, in nano-USD";
        r.register("shadow_cost_nano_usd", help, self.shadow_cost.clone());
        r.register("refusals", "Requests that were refused or failed, by code", self.refusals.clone());
        let seconds = Unit::Seconds;
        let help = "From the body of a call being read to its being on the way to the upstream";
        r.register_with_unit("overhead", help, seconds.clone(), self.overhead.clone());
        let help = "From the admission of a call to the first byte of its answer";
        r.register_with_unit("first_byte", help, seconds.clone(), self.first_byte.clone());
        let help = "From the admission of a call to its end";
        r.register_with_unit("call_duration", help, seconds.clone(), self.duration.clone());
        let help = "When the database last confirmed the catalogue, in seconds since 1970";
        r.register_with_unit("catalogue_confirmed_timestamp", help, seconds, self.confirmed.clone());
        r.register("spans_exported", "Spans of calls that the collector took", self.spans_exported.clone());
        r.register(
            "spans_dropped",
            "Spans of calls that were not taken in time, and are lost",
            self.spans_dropped.clone(),
        );
        let mut gauge = |name: &str, help: &str, value: u64| {
            let gauge: Gauge = Gauge::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            r.register(name, help, gauge);
        };
        gauge("catalogue_revision", "The revision of the catalogue that decides", standing.revision.0);
        gauge("usage_unshipped", "Calls that are recorded here and not in the books yet", standing.unshipped);
        gauge(
            "calls_without_client",
            "Calls that are read to their end without a client",
            standing.without_client,
        );
        gauge("database_connections", "Connections to the database", standing.database.0);
        gauge("database_connections_busy", "Those of them that are in use", standing.database.1);
        let mut counter = |name: &str, help: &str, value: u64| {
            let counter: Counter = Counter::default();
            counter.inc_by(value);
            r.register(name, help, counter);
        };
        counter("credit_trips", "How often a call had to ask the database for credit", standing.credit_trips);
        let help = "How often the database was found to be an earlier state of itself, and was read anew";
        counter("catalogue_restorations", help, standing.restorations);
        counter("catalogue_publishings", "Writes here that were made to count here", standing.publishing.0);
        let took: Counter<f64, AtomicU64> = Counter::default();
        took.inc_by(standing.publishing.1.as_secs_f64());
        let help = "How long these took, from a write being committed to calls here going by it";
        r.register_with_unit("catalogue_publishing", help, Unit::Seconds, took);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alias_core::testing;
    use alias_core::usage::Call;

    use super::*;

    /// The names of figures in a text.
    fn names(text: &str) -> BTreeSet<&str> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let ends = ["_total", "_bucket", "_count", "_sum"];
        words
            .filter(|word| word.starts_with("alias_"))
            .map(|word| ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word))
            .collect()
    }

    /// A call of which everything is known.
    fn call() -> UsageEvent {
        let call = Call {
            call_id: testing::id(1),
            started_at: Timestamp::from_micros(1),
            endpoint: Endpoint::ChatCompletions,
            stream: false,
            alias_id: testing::id(2),
            alias: "smart".parse().unwrap(),
            alias_version: 1,
            scheduled: None,
            litellm_model: "openai/gpt-4".parse().unwrap(),
            organization_id: "acme".parse().unwrap(),
            team_uid: testing::id(3),
            team_id: "t".parse().unwrap(),
            key_id: testing::key(1).id().clone().into(),
            request_id: String::new(),
            job: None,
        };
        UsageEvent {
            first_byte_us: Some(1),
            tokens: Some(TokenUsage { input: 1, ..TokenUsage::default() }),
            provider_cost: Some(NanoUsd::new(1)),
            charge: Some(NanoUsd::new(1)),
            ..UsageEvent::interrupted(call)
        }
    }

    #[test]
    fn the_documents_name_every_figure_and_no_other() {
        let metrics = Metrics::default();
        metrics.call(&call());
        metrics.refused(Code::ServerBusy);
        metrics.shadow(&"smart".parse().unwrap(), ShadowCopy::Complete, Some(1));
        let text = metrics.text(&Standing::default()).unwrap();
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        let served: BTreeSet<&str> = types.collect();
        assert_eq!(names(include_str!("../../docs/reference/metrics.md")), served);
        let shown = names(include_str!("../../docs/reference/grafana-dashboard.json"));
        assert!(shown.is_subset(&served) && shown.len() > 5, "{shown:?}");
    }
}
