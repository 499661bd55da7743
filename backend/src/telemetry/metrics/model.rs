//! Model calls: how they end, and how long they take.

use std::sync::Arc;

use async_trait::async_trait;
use phase8_orchestrator::agents::{Adapter, Adapters, AgentError, CallAnswer, CallRequest};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Unit;
use tokio::time::Instant;

use super::Metrics;

/// Seconds that a model takes.
const SECONDS: [f64; 10] = [0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0];

/// Adapters are those of the model adapters' file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    adapter: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    adapter: String,
}

/// The same adapters, counted.
pub fn metered(metrics: &Metrics, adapters: Adapters) -> Adapters {
    let calls: Family<Ended, Counter> = Family::default();
    let duration: Family<Asked, Histogram, fn() -> Histogram> =
        Family::new_with_constructor(|| Histogram::new(SECONDS));
    {
        let mut registry = metrics.registry();
        let help = "Model calls that ended, by adapter and outcome; `lost` may have been billed, `cut_off` were ended from \
                    this side";
        registry.register("phase8_model_calls", help, calls.clone());
        let help = "Time that model calls took";
        let seconds = duration.clone();
        registry.register_with_unit("phase8_model_call_duration", help, Unit::Seconds, seconds);
    }
    adapters.ids().into_iter().fold(adapters, |adapters, id| {
        let Some(inner) = adapters.find(&id).cloned() else { return adapters };
        let outcome = |outcome| calls.get_or_create_owned(&Ended { adapter: id.clone(), outcome });
        let counted = Counted {
            inner,
            duration: duration.get_or_create_owned(&Asked { adapter: id.clone() }),
            answered: outcome("answered"),
            refused: outcome("refused"),
            lost: outcome("lost"),
            cut_off: outcome("cut_off"),
        };
        adapters.with(id, Arc::new(counted))
    })
}

/// An adapter whose calls are counted.
#[derive(Debug)]
struct Counted {
    inner: Arc<dyn Adapter>,
    duration: Histogram,
    answered: Counter,
    refused: Counter,
    lost: Counter,
    cut_off: Counter,
}

/// A call under way. Whoever drops it before its end cut it off.
struct UnderWay<'a> {
    of: &'a Counted,
    since: Instant,
    end: Option<&'a Counter>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.end.unwrap_or(&self.of.cut_off).inc();
        self.of.duration.observe(self.since.elapsed().as_secs_f64());
    }
}

#[async_trait]
impl Adapter for Counted {
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError> {
        let mut call = UnderWay { of: self, since: Instant::now(), end: None };
        let outcome = self.inner.call(request).await;
        call.end = Some(match &outcome {
            Ok(_) => &self.answered,
            Err(AgentError::NotConnected(_) | AgentError::Refused(_)) => &self.refused,
            Err(AgentError::Lost(_)) => &self.lost,
        });
        outcome
    }
}
