//! When to stop.

use tokio::signal::unix::{SignalKind, signal};
use tracing::error;

/// Returns when the process is asked to end: Ctrl-C, or SIGTERM from whoever runs it.
pub(super) async fn asked_for() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            error!("SIGTERM cannot be heard: {error}");
            return wait_for_interrupt().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = wait_for_interrupt() => {}
    }
}

async fn wait_for_interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        error!("Ctrl-C cannot be heard: {error}");
        std::future::pending::<()>().await;
    }
}
