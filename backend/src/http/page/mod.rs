//! The built page: read whole at the start, so that what is served is one version and no path can leave the folder.

mod inline;
mod negotiate;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alloy::primitives::hex;
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use phase8_shared::api::ProblemCode;
use sha2::{Digest, Sha256};

pub(crate) use self::inline::base64;
use self::negotiate::Coding;
use super::error::ApiError;

/// Names with a content hash never change.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Everything else is asked for again each time, and answered with 304 when it is the same.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
/// What people see before the page was built.
const NOT_BUILT: &str = "the page is not built: run `cargo xtask build` in the checkout, or name its folder with --dist, \
                         and start the server again; the API works without it";
/// How the script begins that makes the page's Trusted Types policy.
const POLICY_SCRIPT: &str = "trusted-types";
/// First segments of paths that are the API's: what is not there is a problem, not the page.
const API_SEGMENTS: [&str; 3] = ["api", "health", "internal"];

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    files: Arc<BTreeMap<String, PageFile>>,
    digest: Option<String>,
    inline_scripts: Vec<String>,
}

#[derive(Debug)]
struct PageFile {
    content_type: &'static str,
    etag: HeaderValue,
    cache: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// Whether the page's own scripts look at every piece of markup before the browser does (Trusted Types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// It brings a default policy, so the browser can demand one.
    Vetted,
    /// It brings none: demanding one would break it.
    Free,
}

/// The page's folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the page's file {} cannot be read", path.display())]
pub struct PageError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

impl Page {
    /// Reads the folder; a folder that is not there is a page that is not built.
    pub fn load(folder: &Path) -> Result<Self, PageError> {
        let mut raw = BTreeMap::new();
        if folder.is_dir() {
            collect(folder, "", &mut raw)?;
        }
        let index = raw.get("index.html").map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        // The worker has a module as well, which the HTML does not name.
        let digest = raw
            .iter()
            .filter(|(name, _)| has_ending(name, "wasm"))
            .find(|(name, _)| index.as_deref().is_some_and(|html| html.contains(name.as_str())))
            .map(|(_, bytes)| hex::encode(Sha256::digest(bytes)));
        let inline_scripts = index.as_deref().map(inline::script_sources).unwrap_or_default();
        let mut files = BTreeMap::new();
        for (name, plain) in &raw {
            if is_precompressed(name, &raw) {
                continue;
            }
            let file = PageFile {
                content_type: content_type(name),
                etag: etag(plain),
                cache: if is_hashed(name) { IMMUTABLE } else { REVALIDATED },
                plain: plain.clone(),
                brotli: raw.get(&format!("{name}.br")).cloned(),
                gzip: raw.get(&format!("{name}.gz")).cloned(),
            };
            files.insert(name.clone(), file);
        }
        Ok(Self { files: Arc::new(files), digest, inline_scripts })
    }

    /// SHA-256 of its WASM module in hex.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Its files by name, as they are before they are packed.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, file)| (name.as_str(), &file.plain[..]))
    }

    /// Sources for the content security policy that let its inline scripts in.
    pub fn inline_scripts(&self) -> &[String] {
        &self.inline_scripts
    }

    /// Whether it brings a policy for markup: a script of that name.
    pub fn markup(&self) -> Markup {
        let brings_policy = self.files.keys().any(|name| name.starts_with(POLICY_SCRIPT));
        if brings_policy { Markup::Vetted } else { Markup::Free }
    }

    /// Whether there is a page.
    pub fn is_built(&self) -> bool {
        self.files.contains_key("index.html")
    }

    /// Answers whatever no route of the API takes: a file, the page itself for its own addresses, or a problem.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        let path = uri.path().trim_start_matches('/');
        let first = path.split('/').next().unwrap_or_default();
        if API_SEGMENTS.contains(&first) {
            return nothing_at(uri).into_response();
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            let detail = format!("{} takes GET and HEAD, not {method}", uri.path());
            let mut response = ApiError::new(ProblemCode::MethodNotAllowed, detail).into_response();
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        if let Some(file) = self.files.get(path) {
            return file.answer(headers);
        }
        if !wants_page(path, headers) {
            return nothing_at(uri).into_response();
        }
        match self.files.get("index.html") {
            Some(index) => index.answer(headers),
            None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
        }
    }
}

impl PageFile {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let unchanged =
            headers.get_all(IF_NONE_MATCH).iter().any(|value| names_tag(value, &self.etag));
        let accepted =
            headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (coding, bytes) = self.choose(accepted);
        let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(bytes) });
        let answered = response.headers_mut();
        answered.insert(ETAG, self.etag.clone());
        answered.insert(CACHE_CONTROL, self.cache.clone());
        answered.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        answered.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(name) = coding.name() {
            answered.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }

    fn choose(&self, accepted: &str) -> (Coding, Bytes) {
        match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if negotiate::accepts(accepted, Coding::Brotli) => {
                (Coding::Brotli, bytes.clone())
            }
            (_, Some(bytes)) if negotiate::accepts(accepted, Coding::Gzip) => {
                (Coding::Gzip, bytes.clone())
            }
            _ => (Coding::Identity, self.plain.clone()),
        }
    }
}

fn nothing_at(uri: &Uri) -> ApiError {
    ApiError::not_found(format!(
        "there is nothing at {}; /api/openapi.json lists what there is",
        uri.path()
    ))
}

/// An address of the page, not a file of it: asked for by a person's browser, or without a dot in its last segment.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let accepts_html = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    !last.contains('.') && (accepts_html || path.is_empty())
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Bytes>,
) -> Result<(), PageError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| PageError { path, source }
    };
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            let bytes = fs::read(&path).map_err(at(&path))?;
            files.insert(format!("{prefix}{name}"), Bytes::from(bytes));
        }
    }
    Ok(())
}

fn is_precompressed(name: &str, raw: &BTreeMap<String, Bytes>) -> bool {
    [".br", ".gz"]
        .iter()
        .any(|ending| name.strip_suffix(ending).is_some_and(|plain| raw.contains_key(plain)))
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// Whether any part of the name, split at `-`, `_` and `.`, is a hash of at least eight hex digits.
fn is_hashed(name: &str) -> bool {
    name.split(['/', '-', '_', '.']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn etag(bytes: &[u8]) -> HeaderValue {
    let digest = hex::encode(Sha256::digest(bytes));
    let text = format!("\"{}\"", digest.get(..32).unwrap_or_default());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether an `If-None-Match` names this tag; the weak form that proxies make of it counts.
fn names_tag(value: &HeaderValue, tag: &HeaderValue) -> bool {
    let Ok(value) = value.to_str() else { return false };
    value.split(',').any(|one| one.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> (tempfile::TempDir, Page) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [
            (
                "index.html",
                "<!doctype html><script>start('/app-0123456789abcdef_bg.wasm')</script>",
            ),
            ("app-0123456789abcdef.js", "plain"),
            ("app-0123456789abcdef.js.br", "brotli"),
            ("app-0123456789abcdef.js.gz", "gzip"),
            ("app-0123456789abcdef_bg.wasm", "\0asm"),
            ("aaa-checker_bg.wasm", "\0asm of a worker"),
            (".secret", "no"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let page = Page::load(folder.path()).unwrap();
        (folder, page)
    }

    fn get(page: &Page, path: &str, pairs: &[(&'static str, &str)]) -> Response {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        page.answer(&Method::GET, &path.parse().unwrap(), &headers)
    }

    fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn a_file_is_served_in_the_best_coding_that_is_taken() {
        let (_folder, page) = page();
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("br;q=0, gzip", Some("gzip")),
            ("GZIP;q=0.5", Some("gzip")),
            ("identity", None),
            ("", None),
        ] {
            let response = get(&page, "/app-0123456789abcdef.js", &[("accept-encoding", accepted)]);

            assert_eq!(header(&response, "content-encoding"), coding, "{accepted}");
            assert_eq!(header(&response, "vary"), Some("accept-encoding"));
            assert_eq!(
                header(&response, "cache-control"),
                Some("public, max-age=31536000, immutable")
            );
        }
    }

    #[test]
    fn an_address_of_the_page_gets_the_page_and_is_asked_for_again() {
        let (_folder, page) = page();
        for path in ["/", "/missions", "/missions/00ff10a0b0c0d0e0f00112233445566f"] {
            let response = get(&page, path, &[("accept", "text/html,*/*")]);

            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, "content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(header(&response, "cache-control"), Some("no-cache"));
        }
    }

    #[test]
    fn a_file_that_the_browser_has_is_not_sent_again() {
        let (_folder, page) = page();
        let tag = header(&get(&page, "/", &[]), "etag").unwrap().to_owned();

        let response = get(&page, "/", &[("if-none-match", &format!("W/{tag}"))]);

        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn what_is_not_there_is_a_problem() {
        let (_folder, page) = page();
        for path in [
            "/api/v1/nothing",
            "/gone.js",
            "/.secret",
            "/../Cargo.toml",
            "/health/none",
            "/internal/v1/chain-facts",
        ] {
            assert_eq!(
                get(&page, path, &[("accept", "text/html")]).status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[test]
    fn the_digest_is_that_of_the_wasm_module() {
        let (_folder, page) = page();
        assert_eq!(page.digest(), Some(hex::encode(Sha256::digest(b"\0asm")).as_str()));
    }

    #[test]
    fn a_page_that_is_not_built_says_so() {
        let page = Page::load(Path::new("/nonexistent-folder")).unwrap();

        assert!(!page.is_built());
        assert_eq!(
            get(&page, "/", &[("accept", "text/html")]).status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}
