//! Uploading a CAR through the RPC of an IPFS node (Kubo, `/api/v0/dag/import`). The blocks travel with their names, so that
//! the node's own way of cutting files does not matter.

use std::io;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Client, Url};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::config::Endpoint;

/// A node that says nothing for so long is given up.
const SILENCE: Duration = Duration::from_mins(2);
/// What separates the parts of the body; a CAR that held it would still be read by its announced length.
const BOUNDARY: &str = "phase8-archive-9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d";
/// Bytes of the node's answer that are read.
const MOST_ANSWER: usize = 64 * 1024;
/// Bytes that are sent at a time.
const PIECE: usize = 64 * 1024;

/// The archive did not get onto IPFS.
#[derive(Debug, thiserror::Error)]
pub enum KuboError {
    /// The address is none.
    #[error(
        "archive.kubo_url is the address of a Kubo RPC, such as http://127.0.0.1:5001; found {0}"
    )]
    NotAnAddress(Endpoint),
    /// The file cannot be read.
    #[error("the archive cannot be read")]
    File(#[from] io::Error),
    /// There was no answer.
    #[error("the IPFS node at {node} does not answer: start it, or correct archive.kubo_url")]
    Unreachable {
        /// Where it should be.
        node: Endpoint,
        /// Why not, without the address, which may hold a key.
        #[source]
        source: reqwest::Error,
    },
    /// It said no.
    #[error("the IPFS node at {node} refuses the archive (HTTP {status}): {words}")]
    Refused {
        /// Which node.
        node: Endpoint,
        /// Status of its answer.
        status: u16,
        /// Its words, or what they seem to mean.
        words: String,
    },
    /// It answered something else.
    #[error("{node} does not answer as a Kubo RPC does: {words}")]
    Garbled {
        /// Which node.
        node: Endpoint,
        /// What it answered.
        words: String,
    },
    /// It stored the blocks under another name.
    #[error(
        "the IPFS node at {node} took the archive as {found}, expected {expected}: do not cite either before they agree"
    )]
    OtherName {
        /// Which node.
        node: Endpoint,
        /// The name it answered.
        found: String,
        /// The archive's name.
        expected: String,
    },
    /// It took the blocks and did not pin them.
    #[error(
        "the IPFS node at {node} holds the archive and did not pin it, so that it may forget it: {words}"
    )]
    NotPinned {
        /// Which node.
        node: Endpoint,
        /// Its words.
        words: String,
    },
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "Root")]
    root: Option<Root>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Root {
    #[serde(rename = "Cid")]
    cid: Link,
    #[serde(rename = "PinErrorMsg", default)]
    pin_error: String,
}

#[derive(Deserialize)]
struct Link {
    #[serde(rename = "/")]
    name: String,
}

/// Has a node import and pin a CAR, and checks that it names the root as we do.
pub async fn upload(node: &Endpoint, car: &Path, cid: &str) -> Result<(), KuboError> {
    let url = address(node)?;
    let file = File::open(car).await?;
    let size = file.metadata().await?.len();
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{cid}.car\"\r\nContent-Type: \
         application/vnd.ipld.car\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let length = head.len() as u64 + size + tail.len() as u64;
    let body = stream::once(async move { Ok(head.into_bytes()) })
        .chain(pieces(file))
        .chain(stream::once(async move { Ok::<_, io::Error>(tail.into_bytes()) }));
    crate::tls::install();
    let unreachable = |source: reqwest::Error| KuboError::Unreachable {
        node: node.clone(),
        source: source.without_url(),
    };
    let client = Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(SILENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(unreachable)?;
    let response = client
        .post(url)
        .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(CONTENT_LENGTH, length)
        .body(Body::wrap_stream(body))
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status().as_u16();
    let answer = text(response).await.map_err(unreachable)?;
    judge(node, status, &answer, cid)
}

fn address(node: &Endpoint) -> Result<Url, KuboError> {
    let not_one = || KuboError::NotAnAddress(node.clone());
    if !node.is_http() {
        return Err(not_one());
    }
    let base = node.expose().trim_end_matches('/');
    format!("{base}/api/v0/dag/import?pin-roots=true&stats=false").parse().map_err(|_| not_one())
}

fn pieces(file: File) -> impl stream::Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then_some((piece, file)))
    })
}

async fn text(mut response: reqwest::Response) -> reqwest::Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await? {
        let room = MOST_ANSWER.saturating_sub(bytes.len());
        bytes.extend(piece.into_iter().take(room));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn judge(node: &Endpoint, status: u16, answer: &str, cid: &str) -> Result<(), KuboError> {
    let node = || node.clone();
    let lines: Vec<Line> = answer
        .lines()
        .filter(|line| !line.trim().is_empty())
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let message = lines.iter().find_map(|line| line.message.clone());
    if status != 200 {
        let words = message.unwrap_or_else(|| match status {
            401 | 403 => "it wants credentials; write them into archive.kubo_url as http://user:password@host".to_owned(),
            404 | 405 => "there is no Kubo RPC at this address; a gateway takes no uploads".to_owned(),
            _ => shortened(answer),
        });
        return Err(KuboError::Refused { node: node(), status, words });
    }
    if let Some(words) = message {
        return Err(KuboError::Refused { node: node(), status, words });
    }
    let Some(root) = lines.into_iter().find_map(|line| line.root) else {
        return Err(KuboError::Garbled { node: node(), words: shortened(answer) });
    };
    if root.cid.name != cid {
        let (found, expected) = (root.cid.name, cid.to_owned());
        return Err(KuboError::OtherName { node: node(), found, expected });
    }
    if !root.pin_error.is_empty() {
        return Err(KuboError::NotPinned { node: node(), words: root.pin_error });
    }
    Ok(())
}

fn shortened(answer: &str) -> String {
    let answer = answer.trim();
    if answer.is_empty() {
        return "an empty answer".to_owned();
    }
    let text: String = answer.chars().take(200).filter(|letter| !letter.is_control()).collect();
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_answer_of_a_node_has_its_own_words() {
        const CID: &str = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
        let node = Endpoint::new("http://127.0.0.1:5001".to_owned());
        let root = |cid: &str, pin: &str| {
            format!("{{\"Root\":{{\"Cid\":{{\"/\":\"{cid}\"}},\"PinErrorMsg\":\"{pin}\"}}}}\n")
        };
        assert!(judge(&node, 200, &root(CID, ""), CID).is_ok());
        for (status, answer, words) in [
            (200, root("bafkother", ""), "took the archive as bafkother"),
            (
                200,
                root(CID, "pin: no space"),
                "did not pin it, so that it may forget it: pin: no space",
            ),
            (200, String::new(), "does not answer as a Kubo RPC does: an empty answer"),
            (200, "<html>".to_owned(), "does not answer as a Kubo RPC does: \"<html>\""),
            (
                500,
                r#"{"Message":"block was not valid","Code":0,"Type":"error"}"#.to_owned(),
                "block was not valid",
            ),
            (200, r#"{"Message":"unexpected EOF","Code":0}"#.to_owned(), "unexpected EOF"),
            (403, String::new(), "it wants credentials"),
            (404, "404 page not found".to_owned(), "there is no Kubo RPC at this address"),
            (502, "bad gateway".to_owned(), "(HTTP 502): \"bad gateway\""),
        ] {
            let error = judge(&node, status, &answer, CID).unwrap_err().to_string();
            assert!(error.contains(words), "{status} {answer:?}: {error}");
        }
    }

    #[tokio::test]
    async fn a_node_that_is_not_there_is_named_without_its_password() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let node = Endpoint::new(format!("http://user:word@127.0.0.1:{port}"));
        let file = tempfile::NamedTempFile::new().unwrap();

        let error = anyhow::Error::from(upload(&node, file.path(), "bafk").await.unwrap_err());

        let words = format!("{error:#}");
        assert!(words.contains("does not answer: start it"), "{words}");
        assert!(!words.contains("word@") && !words.contains("user"), "{words}");
    }
}
