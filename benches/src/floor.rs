//! The floor of R2: a program that does what no relay of signed transactions can leave out, and nothing else. It reads the
//! request, recovers the signer, asks the node to send the bytes, and answers: no routes, rules, simulation, storage, log or
//! headers. What is left is two HTTP exchanges over loopback and one recovery.

use std::convert::Infallible;
use std::env;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use alloy::consensus::TxEnvelope;
use alloy::consensus::transaction::SignerRecoverable;
use alloy::eips::Decodable2718;
use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use phase8_shared::api::SubmitTransaction;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// The word that makes this program the floor.
pub(crate) const WORD: &str = "floor";

/// The floor as a process of its own; it ends with this value.
pub(crate) struct Floor {
    process: Child,
    /// Where it takes transactions.
    pub(crate) url: String,
}

impl Floor {
    /// In front of this node.
    pub(crate) async fn start(node: SocketAddr) -> Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args([WORD, &node.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("start the floor")?;
        let out = process.stdout.take().context("the floor says where it listens")?;
        let line = BufReader::new(out).lines().next_line().await?;
        let address = line.context("the floor ended before it listened")?;
        Ok(Self { process, url: format!("http://{address}/") })
    }

    /// Its process.
    pub(crate) fn id(&self) -> Result<u32> {
        self.process.id().context("the floor runs")
    }
}

/// Is the floor until it is killed.
pub(crate) async fn run(node: &str) -> Result<()> {
    let node: SocketAddr = node.parse().context("the node's address")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println(&listener.local_addr()?.to_string())?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let upstream = Arc::new(Mutex::new(connect(node).await?));
        let service = service_fn(move |request| answer(request, node, Arc::clone(&upstream)));
        let served = hyper::server::conn::http1::Builder::new();
        tokio::spawn(served.serve_connection(TokioIo::new(stream), service));
    }
}

async fn connect(node: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(node).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn answer(
    request: Request<Incoming>,
    node: SocketAddr,
    upstream: Arc<Mutex<SendRequest<Full<Bytes>>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match pass_on(request, node, &upstream).await {
        Ok(body) => (StatusCode::ACCEPTED, body),
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}").into()),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    Ok(response)
}

async fn pass_on(
    request: Request<Incoming>,
    node: SocketAddr,
    upstream: &Mutex<SendRequest<Full<Bytes>>>,
) -> Result<Bytes> {
    let body = request.into_body().collect().await?.to_bytes();
    let SubmitTransaction { raw } = serde_json::from_slice(&body)?;
    let envelope = TxEnvelope::decode_2718(&mut raw.as_ref())?;
    let sender = envelope.recover_signer()?;
    let question = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["{raw}"]}}"#
    );
    let question = Request::post("/")
        .header(HOST, node.to_string())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(question.into()))?;
    let mut upstream = upstream.lock().await;
    upstream.ready().await?;
    let answer = upstream.send_request(question).await?.into_body().collect().await?.to_bytes();
    anyhow::ensure!(
        answer.windows(8).any(|window| window == b"\"result\""),
        "the node refused what {sender} sent: {}",
        String::from_utf8_lossy(&answer)
    );
    Ok(answer)
}

fn println(line: &str) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
