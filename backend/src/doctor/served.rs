//! What a running server says of itself.

use std::time::Duration;

use phase8_shared::api::{Check, Preflight, ServiceHealth, SystemView, routes};
use serde::de::DeserializeOwned;

use crate::chain::checklist::Line;
use crate::chain::preflight::Asked;
use crate::config::{ChainMode, Config};
use crate::session::Bearer;

/// A server on this machine has answered by then.
const PATIENCE: Duration = Duration::from_secs(15);

/// The checklist of the server at the configured address; a line that says so if none answers there.
pub(super) async fn ask(config: &Config, asked: Asked) -> Result<Vec<Check>, Check> {
    let host = if config.http.host.is_unspecified() {
        "127.0.0.1".to_owned()
    } else {
        config.http.host.to_string()
    };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let base = format!("http://{host}:{}", config.http.port);
    let bearer = Bearer::for_server(&base, &config.storage.data).unwrap_or_default();
    let line = || Line::new("server", "Mission Control answers", &base);
    let system: SystemView = get(&format!("{base}{}", routes::SYSTEM), &bearer).await.map_err(|error| {
        let mend =
            "start it with `phase8 serve` (or `cargo xtask run`); with another port, say --port";
        match config.chain.mode {
            // The development chain runs inside the server, so its lines are missing.
            ChainMode::Devnet => line().fail(error, mend),
            ChainMode::Endpoint => line().warn(error, mend),
        }
    })?;
    let mut checks = vec![line().pass(format!("version {}", system.version))];
    checks.push(health("endpoint", "The chain is followed", &system.chain));
    checks.extend(
        system
            .relayer
            .as_ref()
            .map(|relayer| health("gas_wallet", "The server's wallet can pay gas", relayer)),
    );
    let path = routes::preflight(asked.operator);
    match get::<Preflight>(&format!("{base}{path}"), &bearer).await {
        Ok(preflight) => checks.extend(preflight.checks),
        Err(error) => checks.push(
            Line::new("preflight", "The launch checklist", "answers")
                .fail(error, "look at the server's log"),
        ),
    }
    Ok(checks)
}

fn health(id: &'static str, label: &'static str, health: &ServiceHealth) -> Check {
    let line = Line::new(id, label, "works");
    if health.ok {
        line.pass(&health.detail)
    } else {
        line.fail(&health.detail, "look at the server's log")
    }
}

async fn get<T: DeserializeOwned>(url: &str, bearer: &Bearer) -> Result<T, String> {
    crate::tls::install();
    let client = bearer.on(reqwest::Client::builder()).timeout(PATIENCE).no_proxy().build();
    let client = client.map_err(|error| error.to_string())?;
    let answer = client.get(url).send().await.map_err(|_| "nothing answers there".to_owned())?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!("it answers with {status}"));
    }
    answer.json().await.map_err(|_| "another program answers there".to_owned())
}
