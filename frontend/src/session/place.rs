//! Where one signs in: shown in place of every page that whoever reads here may not see.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use phase8_shared::api::{Anonymous, SessionView, SignedIn};

use crate::api::use_system_handle;
use crate::format::short_address;
use crate::routes::Route;
use crate::session::{Asked, Session, is_let_in, use_session};
use crate::ui::{Button, ButtonKind, Card, Glyph, Icon, PageHeader, ProblemCard, Skeleton, Tone};
use crate::wallet::{rehearsal, use_wallet};

/// What stands between somebody and the places of the page.
#[derive(Debug, Clone, PartialEq)]
enum Face {
    Asking,
    Unknown,
    Outside,
    Inside,
}

/// The places for those who may see them; else where one signs in.
pub(crate) fn gate(places: fn() -> AnyView) -> AnyView {
    let session = use_session();
    let path = use_location().pathname;
    let face = Memo::new(move |_| {
        // A file is reviewed without a server.
        if path.get() == Route::ReviewFile.path() {
            return Face::Inside;
        }
        session.heart.view.with(|view| match view {
            Some(view) if is_let_in(view) => Face::Inside,
            Some(_) => Face::Outside,
            None if session.heart.error.with(Option::is_some) => Face::Unknown,
            None => Face::Asking,
        })
    });
    let shown = move || match face.get() {
        Face::Inside => places(),
        Face::Asking => view! { <Skeleton lines=4 label="Asking who reads here" /> }.into_any(),
        Face::Unknown => {
            let retry = Callback::new(move |()| session.refresh());
            let trouble = move || session.heart.error.get();
            view! { {move || trouble().map(|error| view! { <ProblemCard trouble=error on_retry=retry /> })} }
                .into_any()
        }
        Face::Outside => outside(session),
    };
    view! { {shown} }.into_any()
}

fn outside(session: Session) -> AnyView {
    view! {
        <PageHeader
            title="Sign in"
            subtitle="Missions are shown to those who have a part in them. Signing in lets you read and prepare; it approves and pays nothing."
        />
        <div class="sign-in">{ways(session)}</div>
    }
    .into_any()
}

/// The ways in, and what the last one led to.
pub(super) fn ways(session: Session) -> AnyView {
    let view = session.view();
    let refused = session.heart.refused;
    view! {
        {move || refused.get().map(|trouble| view! { <ProblemCard trouble /> })}
        {move || view.get().and_then(|view| without_role(session, &view))}
        <Card title="With a wallet" testid="sign-in-wallet">{with_wallet(session)}</Card>
        {with_rehearsal(session)}
        <Card title="With an address that you were given" testid="sign-in-other">
            <p>"A link opens one mission. Open the whole of it, with everything behind “#”; it is good until it expires or is revoked."</p>
            <p>
                "Whoever runs the server opens the address that " <code>"phase8 serve"</code>
                " printed. A file that was exported is checked without any of this: "
                <a href=Route::ReviewFile.path()>"review a file"</a> "."
            </p>
        </Card>
    }
    .into_any()
}

/// Somebody who signed in and finds nothing here.
fn without_role(session: Session, view: &SessionView) -> Option<AnyView> {
    let Some(SignedIn::Wallet { account }) = &view.signed_in else { return None };
    if is_let_in(view) && view.anonymous == Anonymous::Nothing {
        return None;
    }
    let out = Callback::new(move |()| session.end(Tone::Off, "You are signed out."));
    let words = format!(
        "{} is signed in and has no role on this chain: it owns nothing here, guards nothing, and no summons of it stands. Ask \
         the owner for a summons or a guardian for a link, or sign in with another account.",
        short_address(account)
    );
    Some(
        view! {
            <Card title="No role here" testid="no-role">
                <p>{words}</p>
                <Button on_press=out testid="sign-out">"Sign out"</Button>
            </Card>
        }
        .into_any(),
    )
}

fn with_wallet(session: Session) -> AnyView {
    let wallet = use_wallet();
    let account = wallet.account();
    let busy = session.ask.pending();
    let connect = Callback::new(move |()| wallet.open_picker());
    let sign = Callback::new(move |()| {
        if let Some(account) = account.get_untracked() {
            session.ask.dispatch(Asked::Wallet(account));
        }
    });
    let button = move || {
        match account.get() {
        None => view! {
            <p>"Owner, guardian, operator or validator: the chain says which you are."</p>
            <Button kind=ButtonKind::Primary on_press=connect testid="sign-in-connect">
                <Icon glyph=Glyph::Wallet />
                "Connect a wallet"
            </Button>
        }
        .into_any(),
        Some(account) => view! {
            <p>"The wallet shows a message with this site's name. Look whether it is the site that you meant, then sign."</p>
            <Button kind=ButtonKind::Primary on_press=sign busy testid="sign-in">
                <Icon glyph=Glyph::Sign />
                {format!("Sign in as {}", short_address(&account))}
            </Button>
        }
        .into_any(),
    }
    };
    view! { {button} }.into_any()
}

/// On a development chain every account signs in with one tap.
fn with_rehearsal(session: Session) -> AnyView {
    let (system, wallet) = (use_system_handle(), use_wallet());
    let deployment = system.deployment();
    let options = move || {
        let accounts = deployment
            .with(|it| it.as_ref().map(|it| rehearsal::accounts(it).to_vec()).unwrap_or_default());
        if accounts.is_empty() {
            return ().into_any();
        }
        let option = move |account: phase8_shared::chain::DevAccount| {
            let (address, name) = (account.address, account.name);
            let shown = name.clone();
            let press = move |_| {
                wallet.connect_rehearsal(address);
                session.ask.dispatch(Asked::Wallet(address));
            };
            view! {
                <li>
                    <button
                        type="button"
                        class="picker__option"
                        data-testid="sign-in-rehearsal"
                        data-name=name
                        on:click=press
                    >
                        <span class="picker__name">{shown}</span>
                        <span class="picker__hint">{rehearsal::role_name(account.role)}</span>
                        <span class="picker__address mono">{short_address(&address)}</span>
                    </button>
                </li>
            }
        };
        view! {
            <Card title="Rehearse a role" testid="sign-in-rehearsals">
                <p>"This is a development chain: its keys are public and worth nothing. One tap signs in."</p>
                <ul class="picker__list picker__list--grid">{accounts.into_iter().map(option).collect_view()}</ul>
            </Card>
        }
        .into_any()
    };
    view! { {options} }.into_any()
}
