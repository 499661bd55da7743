//! Measurements, and the listener of their own where one is configured.

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::http::{metrics as edge, server};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::say_step;

/// What this process counts, and where it tells it.
pub(super) struct Measured {
    pub(super) metrics: Metrics,
    listener: Option<TcpListener>,
}

impl Measured {
    /// Takes the address before anything else is started.
    pub(super) async fn of(config: &Config) -> Result<Self> {
        let metrics = Metrics::new(config.metrics);
        let Some(address) = config.metrics.listen else {
            return Ok(Self { metrics, listener: None });
        };
        let listener = server::listen_at(address).await.context("metrics.listen cannot be used")?;
        let address = listener.local_addr().context("the listener has no address")?;
        say_step("metrics", &format!("http://{address}{}", edge::METRICS));
        Ok(Self { metrics, listener: Some(listener) })
    }

    /// Tells until it is told to stop.
    pub(super) fn tell(self, config: &Config, stopping: &CancellationToken) -> JoinHandle<()> {
        let router = edge::apart(&self.metrics, &config.http);
        let (http, stopping) = (config.http.clone(), stopping.clone());
        tokio::spawn(async move {
            if let Some(listener) = self.listener {
                server::serve(listener, router, &http, stopping).await;
            }
        })
    }
}
