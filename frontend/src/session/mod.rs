//! Who reads this page, by the server's word: how they came in, what they are now, and the end of it. A session reads and
//! prepares; every signature is the wallet's own.

mod account;
mod links;
mod place;

use std::time::Duration;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::{Anonymous, SessionView, SignIn, SignedIn};
use phase8_shared::siwe::Message;
use wasm_bindgen::JsValue;

use crate::api::{self, ClientError, System};
use crate::format::short_address;
use crate::ui::{Toasts, Tone, Trouble, use_toasts};
use crate::wallet::{Wallet, WalletError};

pub(crate) use crate::session::account::SessionButton;
pub(crate) use crate::session::links::links_card;
pub(crate) use crate::session::place::gate;

const PERIOD: Duration = Duration::from_secs(10);

/// What the wallet shows above the fields of the message.
const STATEMENT: &str = "Sign in to Phase 8 Mission Control. This lets you read and prepare; it approves and pays nothing.";

/// The session of this browser.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    heart: Heart,
    ask: Action<Asked, ()>,
}

#[derive(Clone, Copy)]
struct Heart {
    view: RwSignal<Option<SessionView>>,
    /// Why it is not known who reads here.
    error: RwSignal<Option<ClientError>>,
    /// Why the last way in was refused.
    refused: RwSignal<Option<Trouble>>,
    system: System,
    wallet: Wallet,
    toasts: Toasts,
}

/// What the server is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// Who reads here.
    View,
    /// To open a link.
    Link(String),
    /// To let the machine's own operator in.
    Key(String),
    /// To let the connected account in.
    Wallet(Address),
    /// To end the session, and why.
    End(Tone, String),
}

/// The session of this browser.
pub(crate) fn use_session() -> Session {
    use_context().unwrap_or_else(|| {
        Session::provide(crate::api::use_system_handle(), crate::wallet::use_wallet())
    })
}

impl Session {
    /// Takes what the address brought, asks who reads here, and keeps asking.
    pub(crate) fn provide(system: System, wallet: Wallet) -> Self {
        let heart = Heart {
            view: RwSignal::new(None),
            error: RwSignal::new(None),
            refused: RwSignal::new(None),
            system,
            wallet,
            toasts: use_toasts(),
        };
        let ask = Action::new_local(move |asked: &Asked| heart.carry_out(asked.clone()));
        let session = Self { heart, ask };
        provide_context(session);
        ask.dispatch(brought().unwrap_or(Asked::View));
        set_interval(move || session.refresh(), PERIOD);
        session.follow_account();
        session
    }

    /// Who reads here; none before the first answer.
    pub(crate) fn view(self) -> Signal<Option<SessionView>> {
        self.heart.view.into()
    }

    fn refresh(self) {
        if !self.ask.pending().get_untracked() {
            self.ask.dispatch(Asked::View);
        }
    }

    fn end(self, tone: Tone, words: impl Into<String>) {
        self.ask.dispatch(Asked::End(tone, words.into()));
    }

    /// A session is its account's: when the wallet shows another, or none any more, it is over.
    fn follow_account(self) {
        let account = self.heart.wallet.account();
        // Touches the server's session.
        Effect::new(move |before: Option<Option<Address>>| {
            let now = account.get();
            let view = self.heart.view.get();
            let signed_in = view.and_then(|view| view.signed_in);
            let gone = before.flatten().is_some() && now.is_none();
            if let Some(SignedIn::Wallet { account: own }) = signed_in {
                if gone {
                    self.end(
                        Tone::Warn,
                        "You are signed out, since the wallet was disconnected. Connect it and sign in again.",
                    );
                } else if let Some(other) = now.filter(|other| *other != own) {
                    let words = format!(
                        "You are signed out: the session was {}'s, and the wallet shows {} now. Sign in as that account.",
                        short_address(&own),
                        short_address(&other)
                    );
                    self.end(Tone::Warn, words);
                }
            }
            now
        });
    }
}

impl Heart {
    async fn carry_out(self, asked: Asked) {
        let is_question = asked == Asked::View;
        let answer = match asked {
            Asked::View => api::session().await.map_err(WalletError::Server),
            Asked::Link(token) => api::open_link(token).await.map_err(WalletError::Server),
            Asked::Key(token) => api::open_key(token).await.map_err(WalletError::Server),
            Asked::Wallet(account) => self.sign_in(account).await,
            Asked::End(tone, words) => {
                let ended = api::end_session().await;
                self.toasts.say(tone, words);
                match ended {
                    Ok(()) => api::session().await.map_err(WalletError::Server),
                    Err(error) => Err(WalletError::Server(error)),
                }
            }
        };
        match answer {
            Ok(view) => self.learn(view),
            Err(WalletError::Server(error)) if is_question => self.error.set(Some(error)),
            Err(error) => {
                self.refused.set(Some(error.into()));
                // Whoever was in before is still in.
                if self.view.with_untracked(Option::is_none) {
                    match api::session().await {
                        Ok(view) => self.view.set(Some(view)),
                        Err(error) => self.error.set(Some(error)),
                    }
                }
            }
        }
    }

    fn learn(self, view: SessionView) {
        self.error.set(None);
        let before = self.view.get_untracked();
        if before.as_ref() == Some(&view) {
            return;
        }
        if before.as_ref().is_some_and(|before| before.signed_in != view.signed_in) {
            self.refused.set(None);
        }
        // What was fetched for somebody else is fetched anew.
        self.view.set(Some(view));
        self.system.refresh();
    }

    async fn sign_in(self, account: Address) -> Result<SessionView, WalletError> {
        let chain_id =
            self.system.deployment().get_untracked().ok_or(WalletError::Disconnected)?.chain_id;
        let nonce = api::sign_in_nonce().await?;
        let location = window().location();
        let (Ok(domain), Ok(uri)) = (location.host(), location.origin()) else {
            return Err(WalletError::Other(
                "the browser does not say where this page is".to_owned(),
            ));
        };
        let message = Message {
            scheme: None,
            domain,
            address: account,
            statement: Some(STATEMENT.to_owned()),
            uri,
            chain_id,
            nonce: nonce.nonce,
            issued_at: nonce.issued_at,
            expiration_time: Some(nonce.expires_at),
            not_before: None,
            request_id: None,
            resources: Vec::new(),
        }
        .to_string();
        let signature = self.wallet.sign_message(account, &message).await?;
        Ok(api::sign_in(&SignIn { message, signature }).await?)
    }
}

/// What the address brought behind `#`: it is taken out of the address bar and of the browser's history at once.
fn brought() -> Option<Asked> {
    let location = window().location();
    let hash = location.hash().ok()?;
    let (name, token) = hash.strip_prefix('#')?.split_once('=')?;
    let asked = match name {
        "link" => Asked::Link(token.to_owned()),
        "key" => Asked::Key(token.to_owned()),
        _ => return None,
    };
    let plain = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let history = window().history().ok()?;
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&plain));
    Some(asked)
}

/// Who somebody is, in a word or two; none for whoever did not sign in.
fn name_of(view: &SessionView) -> Option<String> {
    Some(match view.signed_in.as_ref()? {
        SignedIn::Key {} => "Operator".to_owned(),
        SignedIn::Link { .. } => "Reader".to_owned(),
        SignedIn::Wallet { .. } => match view.roles.first() {
            Some(role) => role.name().to_owned(),
            None if view.reads.is_any() => "Reader".to_owned(),
            None => "No role".to_owned(),
        },
    })
}

/// Whether the places of the page are of any use to them.
fn is_let_in(view: &SessionView) -> bool {
    view.anonymous != Anonymous::Nothing || view.reads.is_any() || !view.roles.is_empty()
}
