//! Whether the configured models can be reached. Nothing is asked of a model, so nothing is billed.

use std::path::Path;
use std::time::Duration;

use phase8_shared::api::Check;
use phase8_shared::policy::{Endpoint, ModelAdapter, read_adapters};

use crate::chain::checklist::Line;

/// An endpoint that has not answered by then is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// A line for all rehearsals, and one for each endpoint.
pub(super) async fn reachable(file: &Path) -> Vec<Check> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // A file that cannot be read has a line of its own.
    let Ok((adapters, _)) = read_adapters(&text).into_result() else { return Vec::new() };
    let rehearsals = adapters.iter().filter(|adapter| adapter.is_rehearsal()).count();
    let line = Line::new("adapters", "Model adapters", "at least 1");
    let mut checks = vec![match (adapters.len(), rehearsals) {
        (0, _) => line.fail("0 configured", "list at least one model in the model adapters' file"),
        (all, rehearsals) => line.pass(format!("{all} configured, {rehearsals} of them rehearse")),
    }];
    for adapter in &adapters {
        checks.extend(endpoint(adapter).await);
    }
    checks
}

async fn endpoint(adapter: &ModelAdapter) -> Option<Check> {
    let Some(Endpoint::OpenAi { base_url, api_key_env, .. }) = &adapter.endpoint else {
        return None;
    };
    let line =
        Line::new("adapter", "A model can be reached", format!("{} at {base_url}", adapter.id));
    let key = match api_key_env {
        None => None,
        Some(name) => match std::env::var(name) {
            Ok(key) if !key.is_empty() => Some(key),
            _ => {
                let mend = format!("set the environment variable {name} to the provider's key");
                return Some(line.fail(format!("{name} is not set"), mend));
            }
        },
    };
    crate::tls::install();
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let Ok(client) = client else {
        return Some(line.fail("no HTTP client can be made", "look at the machine's certificates"));
    };
    let mut request = client.get(format!("{}/models", base_url.trim_end_matches('/')));
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    Some(match request.send().await {
        Ok(answer) if matches!(answer.status().as_u16(), 401 | 403) => {
            line.fail(answer.status(), "the provider refuses the key: set another")
        }
        Ok(answer) if answer.status().is_server_error() => {
            line.warn(answer.status(), "the provider has trouble; try again later")
        }
        Ok(answer) => line.pass(format!("answers with {}", answer.status())),
        Err(error) => line.fail(
            error.without_url(),
            "start the provider's server, or correct baseUrl in the model adapters' file",
        ),
    })
}
