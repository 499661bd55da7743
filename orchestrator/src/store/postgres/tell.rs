//! Hints to other processes, by `NOTIFY`: sent after the commit that they are about, never in its transaction, and lost
//! without harm. One connection listens and tells.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::mpsc;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Client, Connection, Socket};

use super::pool::Pool;
use crate::store::hints::Hints;
use crate::store::{Hint, LogId};

/// Ledgers told of at once, at most; more are told of as "anything".
const LARGEST: usize = 64;

/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_secs(1);

/// Hints that wait to be sent, at most: more are dropped, since pollers look anyway.
pub(super) const WAITING: usize = 4096;

/// Listens and tells until it is aborted.
pub(super) async fn run(pool: Arc<Pool>, hints: Hints, mut changed: mpsc::Receiver<LogId>) {
    loop {
        match pool.connect().await {
            Ok((client, connection)) => {
                // What this process says comes back to it; it has told itself already.
                let own = AtomicI32::new(0);
                let heard = hear(connection, &own, &hints);
                let telling = tell(&client, &own, &hints, &mut changed);
                match select(std::pin::pin!(heard), std::pin::pin!(telling)).await {
                    Either::Left(((), _)) | Either::Right(((), _)) => {}
                }
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(error, "hints of other processes are not heard for now");
            }
        }
        // Whatever was said in the meantime was not heard.
        hints.tell(Hint::Anything);
        rest().await;
    }
}

/// Drives the connection and passes on what others say.
async fn hear(mut connection: Connection<Socket, NoTlsStream>, own: &AtomicI32, hints: &Hints) {
    loop {
        let message = std::future::poll_fn(|context| connection.poll_message(context)).await;
        match message {
            Some(Ok(AsyncMessage::Notification(notification)))
                if notification.process_id() != own.load(Ordering::Relaxed) =>
            {
                let log = notification.payload().parse().map(Hint::Log);
                hints.tell(log.unwrap_or(Hint::Anything));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
}

/// Asks to hear, then tells of every change.
async fn tell(
    client: &Client,
    own: &AtomicI32,
    hints: &Hints,
    changed: &mut mpsc::Receiver<LogId>,
) {
    let asked = client.query_typed_one("SELECT pg_backend_pid()", &[]).await;
    let Ok(Ok(id)) = asked.map(|row| row.try_get(0)) else { return };
    own.store(id, Ordering::Relaxed);
    if client.batch_execute("LISTEN phase8").await.is_err() {
        return;
    }
    hints.tell(Hint::Anything);
    while let Some(first) = changed.recv().await {
        let mut logs = BTreeSet::from([first.to_string()]);
        while let Ok(log) = changed.try_recv() {
            logs.insert(log.to_string());
        }
        let names: Vec<String> =
            if logs.len() > LARGEST { vec![String::new()] } else { logs.into_iter().collect() };
        let sql = "SELECT pg_notify('phase8', name) FROM unnest($1::text[]) AS name";
        if client.query_typed(sql, &[(&names, Type::TEXT_ARRAY)]).await.is_err() {
            return;
        }
    }
}

/// A server that hung up is not asked again at once. No mission's time hangs on this.
#[expect(clippy::disallowed_methods, reason = "a pause between connections, not a mission's time")]
async fn rest() {
    tokio::time::sleep(PAUSE).await;
}
