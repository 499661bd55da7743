//! A served page: every file that it loads against the hash that it is loaded under, and the whole against the page that
//! this program would serve.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use alloy::primitives::hex;
use anyhow::{Context, Result, bail};
use phase8_shared::chain::exit::Check;
use reqwest::{Client, Url};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::tags;
use crate::http::page::{Page, base64};

/// Whoever has not answered by then does not answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// More than any file of the page has.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What the page should be.
#[derive(Debug)]
pub(super) struct Expected {
    digest: String,
    /// The HTML file, where the built page is at hand.
    index: Option<Vec<u8>>,
    /// SHA-256 of every other file of the built page, by name.
    files: BTreeMap<String, String>,
}

impl Expected {
    /// The page in a folder.
    pub(super) fn of_folder(folder: &Path) -> Result<Self> {
        let page = Page::load(folder)?;
        let Some(digest) = page.digest() else {
            bail!(
                "there is no built page in {} to compare with: build it, or give --dist or --digest",
                folder.display()
            );
        };
        let path = folder.join("index.html");
        let index =
            fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let others = page.files().filter(|(name, _)| *name != "index.html");
        let files = others.map(|(name, content)| (name.to_owned(), sha256(content))).collect();
        Ok(Self { digest: digest.to_owned(), index: Some(index), files })
    }

    /// A page of which the digest alone is known.
    pub(super) fn of_digest(digest: &str) -> Result<Self> {
        let digest = digest.trim().trim_start_matches("0x").to_ascii_lowercase();
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            bail!("--digest takes the 64 hex digits of a SHA-256");
        }
        Ok(Self { digest, index: None, files: BTreeMap::new() })
    }
}

/// Fetches the page and everything that it loads, and compares.
pub(super) async fn checks(address: &str, expected: &Expected) -> Result<Vec<Check>> {
    let url: Url = address.parse().with_context(|| format!("{address:?} is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("the address of a page starts with http:// or https://");
    }
    crate::tls::install();
    let client = Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .context("the HTTP client cannot be made")?;
    let index = fetch(&client, url.clone(), "text/html").await?;
    let html = String::from_utf8_lossy(&index).into_owned();
    let mut checks = vec![index_check(&index, expected)];
    let mut modules = 0_usize;
    let mut later = expected.files.clone();
    for (named, integrity) in tags::loaded(&html) {
        let Ok(at) = url.join(&named) else {
            checks.push(Check::same("an address that the page loads", named, "an address"));
            continue;
        };
        if at.origin() != url.origin() {
            checks.push(Check::same("everything comes from the page's own server", at, &url));
            continue;
        }
        later.remove(at.path().trim_start_matches('/'));
        let content = fetch(&client, at.clone(), "*/*").await?;
        checks.push(integrity_check(&named, integrity.as_deref(), &content));
        let is_module = Path::new(at.path()).extension().is_some_and(|it| it == "wasm");
        if is_module {
            modules = modules.saturating_add(1);
            let digest = sha256(&content);
            checks.push(Check::same("the WASM module's SHA-256", digest, &expected.digest));
        }
    }
    checks.push(Check::same("the page loads one WASM module", modules, 1));
    // A browser checks no hash of a worker, so each file that the HTML does not name is compared with our own.
    for (name, digest) in later {
        let at = url.join(&format!("/{name}")).context("a file of the page has no address")?;
        let found = format!("{name}, SHA-256 {}", sha256(&fetch(&client, at, "*/*").await?));
        let expected = format!("{name}, SHA-256 {digest}");
        checks.push(Check::same("what the page loads later is ours", found, expected));
    }
    Ok(checks)
}

fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

fn index_check(index: &[u8], expected: &Expected) -> Check {
    const WHAT: &str = "the page's HTML is the one that this program serves";
    let digest = |bytes: &[u8]| format!("SHA-256 {}", sha256(bytes));
    match &expected.index {
        Some(ours) => Check::same(WHAT, digest(index), digest(ours)),
        None => Check::unknown(WHAT, digest(index), "there is no built page to compare with"),
    }
}

/// The content has one of the hashes that the page loads it under.
fn integrity_check(named: &str, integrity: Option<&str>, content: &[u8]) -> Check {
    const WHAT: &str = "each file has the hash that the page loads it under";
    let Some(integrity) = integrity else {
        return Check::same(WHAT, format!("{named} is loaded under no hash"), "an integrity hash");
    };
    // The strongest that is named counts, as in a browser.
    let strongest = ["sha512-", "sha384-", "sha256-"]
        .into_iter()
        .find(|algorithm| integrity.split_whitespace().any(|hash| hash.starts_with(algorithm)));
    let computed = match strongest {
        Some("sha512-") => format!("sha512-{}", base64(&Sha512::digest(content))),
        Some("sha384-") => format!("sha384-{}", base64(&Sha384::digest(content))),
        Some(_) => format!("sha256-{}", base64(&Sha256::digest(content))),
        None => {
            let found = format!("{named} is loaded under {integrity:?}, which is no hash");
            return Check::same(WHAT, found, "an integrity hash");
        }
    };
    let holds = integrity.split_whitespace().any(|hash| hash.split('?').next() == Some(&computed));
    Check::holds(WHAT, holds, format!("{named} is {computed}"), integrity)
}

async fn fetch(client: &Client, url: Url, accept: &str) -> Result<Vec<u8>> {
    let shown = url.clone();
    let unreachable =
        || format!("{shown} cannot be fetched: is the address right, and is the server up?");
    let mut response = client
        .get(url.clone())
        .header("accept", accept)
        .send()
        .await
        .map_err(reqwest::Error::without_url)
        .with_context(unreachable)?;
    if !response.status().is_success() {
        bail!("{url} answers {}: there is no page there", response.status());
    }
    let mut content = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(reqwest::Error::without_url).with_context(unreachable)?
    {
        content.extend_from_slice(&chunk);
        if content.len() > MOST_BYTES {
            bail!("{url} has more than {MOST_BYTES} bytes: that is no file of the page");
        }
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use phase8_shared::chain::exit::Verdict;
    use tempfile::TempDir;
    use tokio::net::TcpListener;

    use super::*;

    const MODULE: &[u8] = b"\0asm, more or less";

    fn build(folder: &TempDir) {
        let write =
            |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
        let hash = |content: &[u8]| format!("sha384-{}", base64(&Sha384::digest(content)));
        let script = b"export default async () => {};";
        write("app-0123456789abcdef.js", script);
        write("app-0123456789abcdef_bg.wasm", MODULE);
        let html = format!(
            "<!doctype html><script type=module>import init from '/app-0123456789abcdef.js'; \
             init('/app-0123456789abcdef_bg.wasm')</script>\
             <link href=/app-0123456789abcdef.js integrity={} rel=modulepreload>\
             <link as=fetch href=/app-0123456789abcdef_bg.wasm integrity={} rel=preload>",
            hash(script),
            hash(MODULE)
        );
        write("index.html", html.as_bytes());
    }

    /// Serves a folder as the program does.
    async fn serve(folder: &TempDir) -> String {
        let page = Arc::new(Page::load(folder.path()).unwrap());
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            let page = Arc::clone(&page);
            async move { page.answer(request.method(), request.uri(), request.headers()) }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/")
    }

    fn failed(checks: &[Check]) -> Vec<&'static str> {
        checks.iter().filter(|check| !check.is_ok()).map(|check| check.what).collect()
    }

    #[tokio::test]
    async fn the_page_that_this_program_serves_holds() {
        let folder = tempfile::tempdir().unwrap();
        build(&folder);
        let expected = Expected::of_folder(folder.path()).unwrap();

        let checks = checks(&serve(&folder).await, &expected).await.unwrap();

        assert_eq!(failed(&checks), Vec::<&str>::new(), "{checks:?}");
        assert_eq!(checks.len(), 5);
    }

    #[tokio::test]
    async fn a_tampered_module_is_found() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        build(&ours);
        build(&theirs);
        let module = theirs.path().join("app-0123456789abcdef_bg.wasm");
        fs::write(module, b"\0asm, with a thief in it").unwrap();
        let expected = Expected::of_folder(ours.path()).unwrap();

        let checks = checks(&serve(&theirs).await, &expected).await.unwrap();

        assert_eq!(
            failed(&checks),
            ["each file has the hash that the page loads it under", "the WASM module's SHA-256"]
        );
    }

    /// No browser compares a worker with a hash, so whoever has the server would change that.
    #[tokio::test]
    async fn a_tampered_worker_is_found() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&ours, &theirs] {
            build(folder);
            fs::write(folder.path().join("a-checker_bg.wasm"), b"\0asm, for the worker").unwrap();
        }
        let expected = Expected::of_folder(ours.path()).unwrap();

        let same = checks(&serve(&theirs).await, &expected).await.unwrap();
        fs::write(theirs.path().join("a-checker_bg.wasm"), b"\0asm, which lies").unwrap();
        let other = checks(&serve(&theirs).await, &expected).await.unwrap();

        assert_eq!(failed(&same), Vec::<&str>::new(), "{same:?}");
        assert_eq!(failed(&other), ["what the page loads later is ours"]);
    }

    /// Whoever has the server changes the hashes in the HTML as well.
    #[tokio::test]
    async fn a_page_that_is_changed_as_a_whole_is_found() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        build(&ours);
        build(&theirs);
        let index = theirs.path().join("index.html");
        let html = fs::read_to_string(&index).unwrap();
        fs::write(&index, html + "<script src=https://thief.example/x.js></script>").unwrap();
        let expected = Expected::of_folder(ours.path()).unwrap();

        let checks = checks(&serve(&theirs).await, &expected).await.unwrap();

        assert_eq!(
            failed(&checks),
            [
                "the page's HTML is the one that this program serves",
                "everything comes from the page's own server"
            ]
        );
    }

    #[tokio::test]
    async fn a_digest_alone_can_be_compared() {
        let folder = tempfile::tempdir().unwrap();
        build(&folder);
        let address = serve(&folder).await;
        let digest = hex::encode(Sha256::digest(MODULE));

        let same = checks(&address, &Expected::of_digest(&digest).unwrap()).await.unwrap();
        let other = Expected::of_digest(&"ab".repeat(32)).unwrap();
        let other = checks(&address, &other).await.unwrap();

        assert_eq!(failed(&same), Vec::<&str>::new());
        assert_eq!(same.first().unwrap().verdict, Verdict::Unknown);
        assert_eq!(failed(&other), ["the WASM module's SHA-256"]);
        assert!(Expected::of_digest("abc").is_err());
    }

    #[tokio::test]
    async fn what_cannot_be_compared_is_told_in_words() {
        let expected = Expected::of_digest(&"ab".repeat(32)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let empty = tempfile::tempdir().unwrap();

        for (address, words) in [
            (closed.as_str(), "cannot be fetched"),
            ("ftp://127.0.0.1/", "starts with http"),
            ("nowhere", "is not an address"),
        ] {
            let error = checks(address, &expected).await.unwrap_err();
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
        let error = checks(&serve(&empty).await, &expected).await.unwrap_err();
        assert!(error.to_string().contains("there is no page there"), "{error}");
        let error = Expected::of_folder(empty.path()).unwrap_err();
        assert!(error.to_string().contains("no built page"), "{error}");
    }
}
