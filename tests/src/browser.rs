//! Headless Chromium, and a page in it as a person uses it: by what is visible, with time to appear.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alloy::primitives::Address;
use anyhow::{Context, Result, bail, ensure};
use chromiumoxide::browser::{Browser as Chromium, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::browser::{
    SetDownloadBehaviorBehavior, SetDownloadBehaviorParams,
};
use chromiumoxide::cdp::browser_protocol::dom::SetFileInputFilesParams;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams,
};
use chromiumoxide::cdp::js_protocol::runtime::{
    AddBindingParams, EventBindingCalled, EventConsoleApiCalled, EventExceptionThrown,
};
use chromiumoxide::page::ScreenshotParams;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Parts, Wallet, now};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_mins(1);
/// How the names of files end that the page saves.
const KINDS: [&str; 5] = ["json", "md", "mmd", "csv", "txt"];
/// How often it is looked for.
const GLANCE: Duration = Duration::from_millis(60);

/// What a person reads there, as far as a log has room for it.
const WORDS: &str = "(document.querySelector('main') ?? document.body).innerText.slice(0, 3000)";

/// A browser of its own, closed on drop.
#[derive(Debug)]
pub struct Browser {
    chromium: Chromium,
    artifacts: PathBuf,
    profile: TempDir,
}

/// A size of the window in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub struct Viewport {
    /// Width.
    pub width: i64,
    /// Height.
    pub height: i64,
}

impl Viewport {
    /// A phone.
    pub const PHONE: Self = Self { width: 360, height: 780 };
    /// A desk.
    pub const DESK: Self = Self { width: 1440, height: 900 };
}

/// A colour scheme that the system asks for.
#[derive(Debug, Clone, Copy)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Browser {
    /// Starts Chromium with an empty profile.
    pub async fn start(parts: &Parts) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let config = BrowserConfig::builder()
            .chrome_executable(&parts.chromium)
            .user_data_dir(profile.path())
            .no_sandbox()
            .viewport(None)
            .request_timeout(PATIENCE)
            .args([
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .build()
            .map_err(anyhow::Error::msg)?;
        let (chromium, mut handler) = Chromium::launch(config).await.context("start Chromium")?;
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let browser = Self { chromium, artifacts: parts.artifacts()?, profile };
        let mut downloads = SetDownloadBehaviorParams::new(SetDownloadBehaviorBehavior::Allow);
        downloads.download_path = Some(browser.downloads().display().to_string());
        browser.chromium.execute(downloads).await?;
        Ok(browser)
    }

    fn downloads(&self) -> PathBuf {
        self.profile.path().join("downloads")
    }

    /// Opens an address in a new page that has this wallet.
    pub async fn open(&self, url: &str, wallet: &Wallet) -> Result<Page> {
        let page = self.chromium.new_page("about:blank").await?;
        let complaints = listen(&page).await?;
        serve_wallet(&page, wallet.clone()).await?;
        let page = Page {
            tab: page,
            wallet: wallet.clone(),
            complaints,
            artifacts: self.artifacts.clone(),
            downloads: self.downloads(),
        };
        page.resize(Viewport::DESK).await?;
        page.go(url).await?;
        Ok(page)
    }
}

/// A page in the browser.
#[derive(Debug)]
pub struct Page {
    tab: chromiumoxide::Page,
    wallet: Wallet,
    complaints: Arc<Mutex<Vec<String>>>,
    artifacts: PathBuf,
    downloads: PathBuf,
}

impl Page {
    /// Goes to an address.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.tab.goto(url).await.with_context(|| format!("go to {url}"))?;
        Ok(())
    }

    /// Loads the page anew.
    pub async fn reload(&self) -> Result<()> {
        self.tab.reload().await?;
        Ok(())
    }

    /// The address that the page is at.
    pub async fn url(&self) -> Result<String> {
        self.eval("location.href").await
    }

    /// Waits until something with this `data-testid` (or CSS selector) shows, and gives its text.
    pub async fn see(&self, target: &str) -> Result<String> {
        let script = format!(
            "(() => {{ const all = [...document.querySelectorAll({})]; const one = all.find((e) => e.checkVisibility()); \
             return one ? one.innerText : null; }})()",
            json!(selector(target))
        );
        self.until(&format!("{target} is visible"), || async {
            self.eval::<Option<String>>(&script).await
        })
        .await
    }

    /// Waits until something shows whose text holds these words.
    pub async fn see_words(&self, target: &str, words: &str) -> Result<String> {
        let script = format!(
            "(() => {{ const all = [...document.querySelectorAll({})]; const one = all.find((e) => e.checkVisibility() \
             && e.innerText.toLowerCase().includes({}.toLowerCase())); return one ? one.innerText : null; }})()",
            json!(selector(target)),
            json!(words)
        );
        self.until(&format!("{target} says {words:?}"), || async {
            self.eval::<Option<String>>(&script).await
        })
        .await
    }

    /// How many elements with this `data-testid` (or selector) there are.
    pub async fn count(&self, target: &str) -> Result<usize> {
        self.eval(&format!("document.querySelectorAll({}).length", json!(selector(target)))).await
    }

    /// Clicks what shows under this `data-testid` (or selector), once it can be clicked and has stood in its place for two
    /// looks. Where it moves away under the pointer after all, what came in its place feels nothing, and the aim is taken
    /// anew.
    pub async fn click(&self, target: &str) -> Result<()> {
        let aim = format!("({})({})", include_str!("aim.js"), json!(selector(target)));
        for _ in 0..5 {
            let (x, y) = self
                .until(&format!("{target} can be clicked"), || async {
                    self.eval::<Option<(f64, f64)>>(&aim).await
                })
                .await?;
            self.tab.click(chromiumoxide::layout::Point { x, y }).await?;
            // A click that led to another page is one that hit.
            if self.eval::<bool>("globalThis.__unaim?.() ?? true").await.unwrap_or(true) {
                return Ok(());
            }
        }
        bail!("{target} moves away under the pointer again and again")
    }

    /// Replaces the text of a field, as typing does.
    pub async fn fill(&self, target: &str, text: &str) -> Result<()> {
        self.see(target).await?;
        let script = format!(
            "(() => {{ const field = document.querySelector({}); field.focus(); field.value = {}; \
             field.dispatchEvent(new Event('input', {{bubbles: true}})); \
             field.dispatchEvent(new Event('change', {{bubbles: true}})); return true; }})()",
            json!(selector(target)),
            json!(text)
        );
        ensure!(self.eval::<bool>(&script).await?, "{target} cannot be filled");
        Ok(())
    }

    /// Chooses a file in a file field.
    pub async fn choose_file(&self, target: &str, file: &std::path::Path) -> Result<()> {
        let found = self
            .until(target, || async { Ok(self.tab.find_element(selector(target)).await.ok()) })
            .await?;
        let mut choose = SetFileInputFilesParams::new(vec![file.display().to_string()]);
        choose.node_id = Some(found.node_id);
        self.tab.execute(choose).await?;
        Ok(())
    }

    /// Waits until a file whose name begins so was saved whole, and takes it out of the folder of downloads.
    pub async fn downloaded(&self, name: &str) -> Result<String> {
        self.until(&format!("{name}… is saved"), || async {
            let Ok(files) = std::fs::read_dir(&self.downloads) else { return Ok(None) };
            for file in files {
                let path = file?.path();
                let found = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
                // While it is being written it ends otherwise.
                let whole = |ending| KINDS.iter().any(|kind| ending == *kind);
                if found.starts_with(name) && path.extension().is_some_and(whole) {
                    let text = std::fs::read_to_string(&path)?;
                    // The browser reserves the name with an empty file before it moves the whole one there.
                    if text.is_empty() {
                        return Ok(None);
                    }
                    std::fs::remove_file(path)?;
                    return Ok(Some(text));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Changes the wallet's account in the middle, as a person does in the wallet's own window.
    pub async fn switch_account(&self, account: Address) -> Result<()> {
        self.wallet.set_account(account);
        let script = format!("(__walletEmit('accountsChanged', [{}]), true)", json!(account));
        ensure!(self.eval::<bool>(&script).await?, "the wallet is there");
        Ok(())
    }

    /// Sets the size of the window.
    pub async fn resize(&self, viewport: Viewport) -> Result<()> {
        let params = SetDeviceMetricsOverrideParams::new(
            viewport.width,
            viewport.height,
            1.0,
            viewport.width < 600,
        );
        self.tab.execute(params).await?;
        Ok(())
    }

    /// Sets the colour scheme that the system asks for.
    pub async fn prefer(&self, theme: Theme) -> Result<()> {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        self.tab
            .emulate_media_features(vec![MediaFeature::new("prefers-color-scheme", value)])
            .await?;
        Ok(())
    }

    /// What does not fit: elements that stand out over the edge of the window, and texts that are cut without a sign of it.
    pub async fn misfits(&self) -> Result<Vec<String>> {
        self.eval(include_str!("misfits.js")).await
    }

    /// Keeps a picture of the whole page among the artifacts.
    pub async fn picture(&self, name: &str) -> Result<()> {
        self.settle().await?;
        let params = ScreenshotParams::builder().full_page(true).build();
        self.tab.save_screenshot(params, self.artifacts.join(format!("{name}.png"))).await?;
        Ok(())
    }

    /// Keeps a picture of what the window shows among the artifacts, such as a dialog over a long page.
    pub async fn window_picture(&self, name: &str) -> Result<()> {
        self.settle().await?;
        let params = ScreenshotParams::builder().build();
        self.tab.save_screenshot(params, self.artifacts.join(format!("{name}.png"))).await?;
        Ok(())
    }

    /// Pictures of the whole page on the phone and at the desk, dark and light; everything fits.
    pub async fn pictures(&self, name: &str) -> Result<()> {
        self.looks(name, async |picture| self.picture(&picture).await).await
    }

    /// The same of what the window shows: of a dialog.
    pub async fn window_pictures(&self, name: &str) -> Result<()> {
        self.looks(name, async |picture| self.window_picture(&picture).await).await
    }

    async fn looks(&self, name: &str, take: impl AsyncFn(String) -> Result<()>) -> Result<()> {
        let mut misfits = Vec::new();
        for (viewport, size) in [(Viewport::PHONE, "360"), (Viewport::DESK, "1440")] {
            for (theme, shade) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
                self.resize(viewport).await?;
                self.prefer(theme).await?;
                let picture = format!("{name}-{size}-{shade}");
                let here = self.misfits().await?;
                misfits.extend(here.into_iter().map(|misfit| format!("{picture}: {misfit}")));
                take(picture).await?;
            }
        }
        ensure!(misfits.is_empty(), "{misfits:#?}");
        self.resize(Viewport::DESK).await
    }

    /// Colours that are on their way to another theme arrive; what turns for ever goes on.
    async fn settle(&self) -> Result<()> {
        let settle =
            "document.getAnimations().forEach((one) => { try { one.finish(); } catch {} }), true";
        ensure!(self.eval::<bool>(settle).await?, "the page stands still");
        Ok(())
    }

    /// The value of a script.
    pub async fn eval<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        let value = self.tab.evaluate_expression(script).await?;
        Ok(serde_json::from_value(value.value().cloned().unwrap_or(Value::Null))?)
    }

    /// Errors and warnings that the page wrote to its console, and exceptions it did not catch.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn until<T, F>(&self, what: &str, look: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>>,
    {
        let start = now();
        loop {
            // A look that falls into a navigation fails; the next one tells.
            let last = look().await;
            if let Ok(Some(found)) = last {
                return Ok(found);
            }
            if start.elapsed() > PATIENCE {
                self.picture("failure").await.ok();
                let url = self.url().await.unwrap_or_default();
                let words = self.eval::<String>(WORDS).await.unwrap_or_default();
                bail!(
                    "waited {PATIENCE:?} until {what}, at {url}; {:?}; console: {:?}; the page says: {words}",
                    last.err(),
                    self.complaints()
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}

fn selector(target: &str) -> String {
    let plain = target.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { format!("[data-testid=\"{target}\"]") } else { target.to_owned() }
}

/// Collects what the page complains about.
async fn listen(page: &chromiumoxide::Page) -> Result<Arc<Mutex<Vec<String>>>> {
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let mut console = page.event_listener::<EventConsoleApiCalled>().await?;
    let mut thrown = page.event_listener::<EventExceptionThrown>().await?;
    let kept = Arc::clone(&complaints);
    tokio::spawn(async move {
        while let Some(call) = console.next().await {
            let kind = call.r#type.as_ref();
            if matches!(kind, "error" | "warning" | "assert") {
                let words: Vec<String> = call
                    .args
                    .iter()
                    .filter_map(|arg| arg.value.as_ref().map(Value::to_string))
                    .collect();
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(format!("{kind}: {}", words.join(" ")));
            }
        }
    });
    let kept = Arc::clone(&complaints);
    tokio::spawn(async move {
        while let Some(exception) = thrown.next().await {
            let words = exception.exception_details.text.clone();
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(format!("uncaught: {words}"));
        }
    });
    Ok(complaints)
}

#[derive(Deserialize)]
struct WalletRequest {
    id: u64,
    method: String,
    params: Value,
}

/// Injects the provider and answers its requests.
async fn serve_wallet(page: &chromiumoxide::Page, wallet: Wallet) -> Result<()> {
    page.execute(AddBindingParams::new("__walletRequest")).await?;
    page.add_init_script(Wallet::PROVIDER).await?;
    let mut calls = page.event_listener::<EventBindingCalled>().await?;
    let page = page.clone();
    tokio::spawn(async move {
        while let Some(call) = calls.next().await {
            let Ok(request) = serde_json::from_str::<WalletRequest>(&call.payload) else {
                continue;
            };
            let (page, wallet) = (page.clone(), wallet.clone());
            tokio::spawn(async move {
                let answer = wallet.answer(&request.method, request.params).await;
                let answer = answer.unwrap_or_else(|error| {
                    Err(json!({ "code": -32603, "message": error.to_string() }))
                });
                let (error, result) = match answer {
                    Ok(result) => (Value::Null, result),
                    Err(error) => (error, Value::Null),
                };
                // The page may have navigated meanwhile; then nobody waits for the answer.
                page.evaluate_expression(format!(
                    "__walletAnswer({}, {error}, {result})",
                    request.id
                ))
                .await
                .ok();
            });
        }
    });
    Ok(())
}
