//! Who one is, in the page's head, and the way out.

use leptos::prelude::*;
use phase8_shared::api::{Anonymous, SessionView, SignedIn};

use crate::session::{name_of, place, use_session};
use crate::ui::{Button, CopyText, Dialog, Glyph, Icon, Tone};

/// Role and way out; for whoever may read without signing in, the way to do so.
#[component]
pub(crate) fn SessionButton() -> impl IntoView {
    let session = use_session();
    let view = session.view();
    let open = RwSignal::new(false);
    let show = Callback::new(move |()| open.set(true));
    let close = Callback::new(move |()| open.set(false));
    let out = Callback::new(move |()| {
        open.set(false);
        session.end(Tone::Off, "You are signed out. What you sent goes on.");
    });
    let label = Memo::new(move |_| view.with(|view| view.as_ref().and_then(label)));
    let button = move || {
        label.get().map(|label| {
            view! {
                <Button on_press=show testid="session" name=format!("Session: {label}")>
                    <Icon glyph=Glyph::Shield />
                    <span class="session__name">{label}</span>
                </Button>
            }
        })
    };
    let content = move || match view.get() {
        Some(view) if view.signed_in.is_some() => signed_in(&view, out),
        _ => place::ways(session),
    };
    view! {
        {button}
        <Dialog open title="Session" testid="session-dialog" on_close=close>
            {content}
        </Dialog>
    }
    .into_any()
}

fn label(view: &SessionView) -> Option<String> {
    name_of(view).or_else(|| (view.anonymous == Anonymous::Read).then(|| "Sign in".to_owned()))
}

fn signed_in(view: &SessionView, out: Callback<()>) -> AnyView {
    let who = match &view.signed_in {
        Some(SignedIn::Wallet { account }) => {
            view! { <CopyText text=account.to_string() label="account" /> }.into_any()
        }
        Some(SignedIn::Link { label, .. }) => {
            format!("Whoever holds the link for “{label}”").into_any()
        }
        Some(SignedIn::Key {}) | None => "The operator of the server's own machine".into_any(),
    };
    let roles: Vec<&str> = view.roles.iter().map(|role| role.words()).collect();
    let roles = if roles.is_empty() { "none".to_owned() } else { roles.join(", ") };
    let reads = match &view.reads {
        phase8_shared::api::Reads::None {} => "no mission".to_owned(),
        phase8_shared::api::Reads::Some { keys } => {
            crate::format::count(keys.len(), "mission", "missions")
        }
        phase8_shared::api::Reads::All {} => "every mission".to_owned(),
    };
    let until = view.expires_at.map(|at| at.to_string()).unwrap_or_default();
    view! {
        <dl class="facts" data-testid="session-facts">
            <dt>"Signed in"</dt>
            <dd>{who}</dd>
            <dt>"Roles, by the chain now"</dt>
            <dd>{roles}</dd>
            <dt>"Reads"</dt>
            <dd>{reads}</dd>
            <dt>"Until"</dt>
            <dd>{until}</dd>
        </dl>
        <p>"The session reads and prepares. Every approval, lever and payment is signed by your wallet when it is asked."</p>
        <div class="dialog__actions">
            <Button on_press=out testid="sign-out">"Sign out"</Button>
        </div>
    }
    .into_any()
}
