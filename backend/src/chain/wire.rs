//! Plain HTTP to an endpoint, with as little around it as there can be: whoever asks drives the connection, so that a
//! question wakes no other task, and the connection is kept for the next one. TLS goes another way.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut, TransportResult};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::at_once::AtOnce;

/// Connections that are kept.
const MOST_IDLE: usize = 8;
/// A connection that was not used for so long is not used again: endpoints close theirs after a minute or so.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// The largest answer that is taken.
const LARGEST_ANSWER: usize = 64 << 20;

type Connection = http1::Connection<TokioIo<TcpStream>, Full<Bytes>>;

/// An endpoint's address and the connections to it. Clones share them.
#[derive(Clone)]
pub(super) struct Wire {
    inner: Arc<Inner>,
}

struct Inner {
    host: String,
    port: u16,
    target: Uri,
    headers: HeaderMap,
    /// For connecting alone.
    connect_limit: Duration,
    /// For a question as a whole.
    limit: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    line: Line,
    since: Instant,
}

/// A connection, which moves only while it is driven.
struct Line {
    sender: http1::SendRequest<Full<Bytes>>,
    connection: Connection,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
enum WireError {
    #[error("no connection")]
    Connect(#[source] std::io::Error),
    #[error("no connection within {} ms", .0.as_millis())]
    ConnectTimeout(Duration),
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
    #[error("the answer broke off")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Wire {
    /// To an `http` address without a user; `None` if it is another one.
    pub(super) fn to(url: &Url, connect_limit: Duration, limit: Duration) -> Option<Self> {
        if url.scheme() != "http" || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let (host, port) = (url.host_str()?, url.port_or_known_default()?);
        let target = url
            .query()
            .map_or_else(|| url.path().parse(), |query| format!("{}?{query}", url.path()).parse());
        let named =
            url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")).parse();
        let json = HeaderValue::from_static("application/json");
        let inner = Inner {
            // An IPv6 address stands in brackets in an address, and nowhere else.
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port,
            target: target.ok()?,
            headers: HeaderMap::from_iter([
                (HOST, named.ok()?),
                (CONTENT_TYPE, json.clone()),
                (ACCEPT, json),
            ]),
            connect_limit,
            limit,
            idle: Mutex::default(),
        };
        Some(Self { inner: Arc::new(inner) })
    }

    async fn answer(self, packet: RequestPacket) -> TransportResult<ResponsePacket> {
        let body = match &packet {
            RequestPacket::Single(one) => Bytes::copy_from_slice(one.serialized().get().as_bytes()),
            RequestPacket::Batch(_) => {
                serde_json::to_vec(&packet).map_err(TransportError::ser_err)?.into()
            }
        };
        let limit = self.inner.limit;
        let (head, body) = match timeout(limit, self.inner.exchange(body)).await {
            Ok(answer) => answer.map_err(TransportErrorKind::custom)?,
            Err(_) => return Err(TransportErrorKind::custom(WireError::Timeout(limit))),
        };
        let read = serde_json::from_slice::<ResponsePacket>(&body);
        if head.status.is_success() {
            return read
                .map_err(|error| TransportError::deser_err(error, String::from_utf8_lossy(&body)));
        }
        // Some endpoints say with a status what they say in the body as well.
        match read {
            Ok(answer) if answer.is_error() => Ok(answer),
            Ok(_) | Err(_) => Err(TransportErrorKind::http_error_with_retry_after(
                head.status.as_u16(),
                String::from_utf8_lossy(&body).into_owned(),
                retry_after(&head.headers),
            )),
        }
    }
}

/// `Retry-After` in seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

impl Inner {
    async fn exchange(
        &self,
        body: Bytes,
    ) -> Result<(hyper::http::response::Parts, Bytes), WireError> {
        let mut request = self.request(body);
        while let Some(mut line) = self.take_idle() {
            match line.ask(request).await {
                Ok(answer) => {
                    self.keep(line);
                    return Ok(answer);
                }
                // The endpoint had closed it, and has seen nothing of the question.
                Err(Unanswered::NotSent(unsent, _)) => request = *unsent,
                Err(Unanswered::Failed(error)) => return Err(error),
            }
        }
        let mut line = self.connect().await?;
        match line.ask(request).await {
            Ok(answer) => {
                self.keep(line);
                Ok(answer)
            }
            Err(Unanswered::NotSent(_, error) | Unanswered::Failed(error)) => Err(error),
        }
    }

    fn request(&self, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.target.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }

    async fn connect(&self) -> Result<Line, WireError> {
        let stream =
            timeout(self.connect_limit, TcpStream::connect((self.host.as_str(), self.port)));
        let stream = stream.await.map_err(|_| WireError::ConnectTimeout(self.connect_limit))?;
        let stream = stream.map_err(WireError::Connect)?;
        stream.set_nodelay(true).map_err(WireError::Connect)?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(WireError::Broken)?;
        Ok(Line { sender, connection })
    }

    fn take_idle(&self) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = idle.pop()?;
        if newest.since.elapsed() < LONGEST_IDLE {
            return Some(newest.line);
        }
        // The others are older still.
        idle.clear();
        None
    }

    fn keep(&self, line: Line) {
        if line.sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(Idle { line, since: Instant::now() });
        }
    }
}

/// What came of asking on a connection.
enum Unanswered {
    /// No byte of it left.
    NotSent(Box<Request<Full<Bytes>>>, WireError),
    Failed(WireError),
}

impl Line {
    async fn ask(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<(hyper::http::response::Parts, Bytes), Unanswered> {
        let Self { sender, connection } = self;
        let work = async {
            // An idle connection that was closed says so when it is driven, and gives the question back.
            let response: Response<Incoming> =
                sender.try_send_request(request).await.map_err(|mut failed| {
                    let unsent = failed.take_message();
                    let error = WireError::Broken(failed.into_error());
                    match unsent {
                        Some(request) => Unanswered::NotSent(Box::new(request), error),
                        None => Unanswered::Failed(error),
                    }
                })?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await;
            let body = body.map_err(|error| Unanswered::Failed(WireError::Answer(error)))?;
            Ok((head, body.to_bytes()))
        };
        drive(connection, work).await
    }
}

/// Does the work, and moves the connection's bytes meanwhile.
async fn drive<T>(connection: &mut Connection, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut is_open = true;
    AtOnce::new(poll_fn(|context| {
        let done = work.as_mut().poll(context);
        if done.is_pending() && is_open {
            is_open = Pin::new(&mut *connection).poll(context).is_pending();
        }
        done
    }))
    .await
}

impl tower::Service<RequestPacket> for Wire {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        Box::pin(self.clone().answer(packet))
    }
}

impl fmt::Debug for Wire {
    /// Without the path, which may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("host", &self.inner.host)
            .field("port", &self.inner.port)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use alloy::primitives::U64;
    use alloy::rpc::client::RpcClient;
    use serde_json::{Value, json};
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    /// An endpoint that closes each connection after so many answers and tells when it did, and how many it was asked for.
    struct Endpoint {
        client: RpcClient,
        connections: Arc<AtomicUsize>,
        closed: mpsc::UnboundedReceiver<()>,
    }

    impl Endpoint {
        async fn answering(answers: usize, extra: &'static str) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
            let connections = Arc::new(AtomicUsize::new(0));
            let (tell, closed) = mpsc::unbounded_channel();
            tokio::spawn({
                let connections = Arc::clone(&connections);
                async move {
                    while let Ok((stream, _)) = listener.accept().await {
                        connections.fetch_add(1, Ordering::SeqCst);
                        let tell = tell.clone();
                        tokio::spawn(async move {
                            answer(stream, answers, extra).await;
                            let _nobody_waits = tell.send(());
                        });
                    }
                }
            });
            let limit = Duration::from_millis(500);
            let wire = Wire::to(&url, limit, limit).unwrap();
            Self { client: RpcClient::new(wire, true), connections, closed }
        }

        async fn ask(&self) -> TransportResult<U64> {
            self.client.request("eth_blockNumber", ()).await
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::SeqCst)
        }
    }

    async fn answer(stream: TcpStream, answers: usize, extra: &str) {
        let mut stream = BufReader::new(stream);
        for _ in 0..answers {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                    return;
                }
                if let Some(digits) = line.strip_prefix("content-length: ") {
                    length = digits.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let text = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": "0x7" }).to_string();
            let head = format!("HTTP/1.1 200 OK\r\n{extra}content-length: {}\r\n\r\n", text.len());
            stream.get_mut().write_all(format!("{head}{text}").as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn questions_one_after_the_other_go_over_one_connection() {
        let endpoint = Endpoint::answering(usize::MAX, "").await;

        for _ in 0..5 {
            assert_eq!(endpoint.ask().await.unwrap(), U64::from(7));
        }

        assert_eq!(endpoint.connections(), 1);
    }

    #[tokio::test]
    async fn questions_at_once_do_not_wait_for_each_other() {
        let endpoint = Endpoint::answering(usize::MAX, "").await;

        let (one, other) = tokio::join!(endpoint.ask(), endpoint.ask());

        assert_eq!((one.unwrap(), other.unwrap()), (U64::from(7), U64::from(7)));
        assert_eq!(endpoint.connections(), 2);
    }

    #[tokio::test]
    async fn a_connection_that_was_closed_meanwhile_is_replaced() {
        for extra in ["", "connection: close\r\n"] {
            let mut endpoint = Endpoint::answering(1, extra).await;
            let elsewhere = Endpoint::answering(usize::MAX, "").await;

            for _ in 0..3 {
                assert_eq!(endpoint.ask().await.unwrap(), U64::from(7), "{extra}");
                endpoint.closed.recv().await.unwrap();
                // A round trip to somebody else, so that the end has arrived.
                elsewhere.ask().await.unwrap();
            }

            assert_eq!(endpoint.connections(), 3, "{extra}");
        }
    }

    #[tokio::test]
    async fn an_endpoint_that_does_not_answer_is_given_up() {
        let endpoint = Endpoint::answering(0, "").await;
        assert!(endpoint.ask().await.is_err(), "it hangs up");
        assert_eq!(endpoint.connections(), 1, "and is not asked again and again");

        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}", silent.local_addr().unwrap()).parse().unwrap();
        let limit = Duration::from_millis(50);
        let client = RpcClient::new(Wire::to(&url, limit, limit).unwrap(), true);
        let error = client.request::<_, U64>("eth_blockNumber", ()).await.unwrap_err();

        assert!(error.to_string().contains("no answer within 50 ms"), "{error}");
    }

    #[test]
    fn what_needs_more_than_plain_http_goes_another_way() {
        let wire = |address: &str| {
            Wire::to(&address.parse().unwrap(), Duration::from_secs(1), Duration::from_secs(1))
        };

        assert!(wire("https://node.example/v3/key").is_none());
        assert!(wire("http://user:word@node.example").is_none());
        let shown = format!("{:?}", wire("http://[::1]:8545/v3/secret?key=secret").unwrap());
        assert!(shown.contains("\"::1\"") && !shown.contains("secret"), "{shown}");
    }
}
