//! Measurements, told as `OpenMetrics` text. What happens often is counted by handles that are made once, with atomic
//! increments; what can be asked is asked when somebody reads. A label never holds what a stranger can choose.

mod chain;
mod engine;
mod http;
mod model;
mod process;
mod relay;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use phase8_orchestrator::Engine;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use self::chain::{ChainMetrics, Followed};
pub use self::engine::EngineMeter;
pub use self::http::HttpMetrics;
pub use self::model::metered;
pub use self::relay::{Kind, RelayMetrics};
use crate::config::MetricsConfig;

/// What [`Metrics::text`] is, in the words of HTTP.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All measurements of this process. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    told: Told,
    registry: Mutex<Registry>,
    http: HttpMetrics,
    relay: RelayMetrics,
}

/// Where measurements are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nowhere.
    Nowhere,
    /// At the server's own address, to programs of this machine.
    Here,
    /// At an address of their own.
    Apart,
}

impl Metrics {
    /// Counts from now on.
    pub fn new(config: MetricsConfig) -> Self {
        let mut registry = Registry::default();
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("phase8_build", "The program", build);
        registry.register_collector(Box::new(process::Process));
        let http = HttpMetrics::new(&mut registry);
        let relay = RelayMetrics::new(&mut registry);
        let told = match (config.enabled, config.listen) {
            (false, _) => Told::Nowhere,
            (true, None) => Told::Here,
            (true, Some(_)) => Told::Apart,
        };
        Self(Arc::new(Inner { told, registry: Mutex::new(registry), http, relay }))
    }

    /// Where they are told.
    pub fn told(&self) -> Told {
        self.0.told
    }

    /// What the HTTP edge counts.
    pub fn http(&self) -> &HttpMetrics {
        &self.0.http
    }

    /// What the relay counts.
    pub fn relay(&self) -> &RelayMetrics {
        &self.0.relay
    }

    /// Counts what an engine in this process does on this kind of store.
    pub fn meter(&self, store: &'static str) -> Arc<EngineMeter> {
        let mut registry = self.registry();
        registry.register("phase8_ledger_store", "Where ledgers are", Info::new([("kind", store)]));
        Arc::new(EngineMeter::new(&mut registry))
    }

    /// Tells where the missions of an engine stand.
    pub fn tell_of(&self, engine: &Engine) {
        self.registry().register_collector(Box::new(engine::Missions::of(engine)));
    }

    /// Tells what these know of the chain.
    pub fn tell_of_chain(&self, chain: ChainMetrics) {
        self.registry().register_collector(Box::new(chain));
    }

    /// Everything as text.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry())?;
        Ok(text)
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.0.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells gauges that are read at this moment.
struct Gauges<'e>(DescriptorEncoder<'e>);

impl Gauges<'_> {
    fn one<N: Number>(&mut self, name: &str, help: &str, value: N) -> fmt::Result {
        let encoder = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        value.gauge(encoder)
    }

    fn each<N: Number, L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, N)>,
    ) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        values
            .into_iter()
            .try_for_each(|(labels, value)| value.gauge(encoder.encode_family(&labels)?))
    }
}

/// What a gauge can hold.
trait Number {
    fn gauge(self, encoder: prometheus_client::encoding::MetricEncoder<'_>) -> fmt::Result;
}

impl Number for u64 {
    fn gauge(self, encoder: prometheus_client::encoding::MetricEncoder<'_>) -> fmt::Result {
        ConstGauge::new(self).encode(encoder)
    }
}

impl Number for f64 {
    fn gauge(self, encoder: prometheus_client::encoding::MetricEncoder<'_>) -> fmt::Result {
        ConstGauge::new(self).encode(encoder)
    }
}

/// Seconds of a duration that was waited for: from a tenth of a millisecond to ten seconds.
const SECONDS: [f64; 14] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[cfg(test)]
mod tests;
