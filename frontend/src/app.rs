//! The frame around every page: head with navigation, the page, foot; and what all pages share.

use leptos::prelude::*;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::api::{Governance, System, use_system, use_system_handle};
use crate::inbox::InboxCount;
use crate::lever::{Desk, SafeBatchCart, SummonsBanner};
use crate::manifest::ManifestHold;
use crate::pages::{
    LaunchPage, MissionPage, MissionsPage, ModelsPage, NotFoundPage, OwnerPage, OwnerSection,
    ReviewFilePage, ReviewPage, ScoreboardPage, SystemPage, ValidatorsPage,
};
use crate::routes;
use crate::session::{Session, SessionButton, gate};
use crate::theme::ThemeToggle;
use crate::ui::{CopyText, Glyph, Icon, StatusPill, ToastHost, Toasts, Tone};
use crate::wallet::{Wallet, WalletButton, WalletDialogs};

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    Toasts::provide();
    let system = System::provide();
    let wallet = Wallet::provide(system);
    Session::provide(system, wallet);
    Governance::provide(system);
    SafeBatchCart::provide(system);
    Desk::provide(system);
    ManifestHold::provide();
    view! {
        <Router>
            <a class="skip-link" href="#main">"Skip to the content"</a>
            <Head />
            <ConnectionBanner />
            <SummonsBanner />
            <main class="main" id="main" tabindex="-1">{gate(places)}</main>
            <Foot />
            <FocusOnArrival />
        </Router>
        <WalletDialogs />
        <ToastHost />
    }
    .into_any()
}

/// The places of the page.
fn places() -> AnyView {
    view! {
        <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=LaunchPage />
                    <Route path=path!("/missions") view=MissionsPage />
                    <Route path=path!("/missions/:id") view=MissionPage />
                    <Route path=path!("/missions/:id/review") view=ReviewPage />
                    <Route path=path!("/review") view=ReviewFilePage />
                    <Route path=path!("/owner/:section?") view=OwnerPage />
                    <Route path=path!("/scoreboard") view=ScoreboardPage />
                    <Route path=path!("/models") view=ModelsPage />
                    <Route path=path!("/validators") view=ValidatorsPage />
                    <Route path=path!("/system") view=SystemPage />
        </Routes>
    }
    .into_any()
}

/// Name, navigation, fleet, theme and wallet.
#[component]
fn Head() -> impl IntoView {
    let link = |to: routes::Route, glyph: Glyph, words: &'static str, after: fn() -> AnyView| {
        view! {
            <li>
                <A href=to.path() exact=matches!(to, routes::Route::Launch) attr:class="nav__link">
                    <Icon glyph />
                    {words}
                    {after()}
                </A>
            </li>
        }
    };
    view! {
        <header class="head">
            <div class="head__inner">
                <A href=routes::Route::Launch.path() attr:class="brand" attr:aria-label="Phase 8 Mission Control">
                    <svg class="brand__mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                        <circle cx="12" cy="7.4" r="4.4"></circle>
                        <circle cx="12" cy="16.6" r="4.4"></circle>
                    </svg>
                    <span class="brand__name">"Phase 8"</span>
                    <span class="brand__rest">"Mission Control"</span>
                </A>
                <nav class="nav" aria-label="Places">
                    <ul class="nav__list">
                        {link(routes::Route::Launch, Glyph::Launch, "Launch", || ().into_any())}
                        {link(routes::Route::Missions, Glyph::List, "Missions", || view! { <InboxCount /> }.into_any())}
                        {link(routes::Route::Owner(OwnerSection::Readiness), Glyph::Shield, "Owner", || ().into_any())}
                        {link(routes::Route::Scoreboard, Glyph::Score, "Scoreboard", || ().into_any())}
                        {link(routes::Route::Models, Glyph::Active, "Models", || ().into_any())}
                        {link(routes::Route::Validators, Glyph::Sign, "Validators", || ().into_any())}
                        {link(routes::Route::System, Glyph::System, "System", || ().into_any())}
                    </ul>
                </nav>
                <div class="head__tools">
                    <FleetPill />
                    <ThemeToggle />
                    <SessionButton />
                    <WalletButton />
                </div>
            </div>
        </header>
    }
}

/// Whether the fleet is paused.
#[component]
fn FleetPill() -> impl IntoView {
    let system = use_system();
    let paused =
        Memo::new(move |_| system.with(|view| view.as_ref().map(|view| view.fleet.paused)));
    let tone = Signal::derive(move || match paused.get() {
        None => Tone::Unknown,
        Some(true) => Tone::Paused,
        Some(false) => Tone::Ok,
    });
    let label = Signal::derive(move || {
        match paused.get() {
            None => "Fleet unknown",
            Some(true) => "Fleet paused",
            Some(false) => "Fleet active",
        }
        .to_owned()
    });
    view! {
        <span class="head__fleet" role="status" data-testid="fleet">
            <StatusPill tone label />
        </span>
    }
}

/// Says so when the server does not answer any more; goes away by itself.
#[component]
fn ConnectionBanner() -> impl IntoView {
    let system = use_system_handle();
    let path = use_location().pathname;
    // A file is reviewed without a server: none is missed.
    let needs_server = Memo::new(move |_| path.get() != routes::Route::ReviewFile.path());
    let lost = Memo::new(move |_| {
        system
            .error()
            .with(|error| error.as_ref().map(ToString::to_string))
            .filter(|_| needs_server.get())
    });
    view! {
        <div role="status">
            {move || {
                lost.get()
                    .map(|why| {
                        view! {
                            <p class="banner tone--warn" data-testid="connection-lost">
                                <Icon glyph=Glyph::Warning />
                                {format!("Reconnecting: {why}. What you see may be old; nothing you entered is lost.")}
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Version and digest of the page, to compare with what the program prints.
#[component]
fn Foot() -> impl IntoView {
    let system = use_system();
    let version =
        Memo::new(move |_| system.with(|view| view.as_ref().map(|view| view.version.clone())));
    let digest = Memo::new(move |_| {
        system.with(|view| view.as_ref().and_then(|view| view.page_digest.clone()))
    });
    let rehearsal = Memo::new(move |_| {
        system.with(|view| {
            view.as_ref()
                .is_some_and(|view| view.deployment.chain_id == crate::wallet::rehearsal::CHAIN_ID)
        })
    });
    view! {
        <footer class="foot">
            <span>"Phase 8 Mission Control " {move || version.get()}</span>
            {move || {
                digest.get().map(|digest| view! { <span>"Page " <CopyText text=digest label="digest of the page" /></span> })
            }}
            {move || rehearsal.get().then(|| view! { <span>"Development chain: nothing here is worth anything."</span> })}
        </footer>
    }
}

/// After navigation the focus goes to the new page's title, so that a screen reader reads it.
#[component]
fn FocusOnArrival() -> impl IntoView {
    let path = use_location().pathname;
    // Touches the browser's focus.
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            request_animation_frame(|| {
                if let Some(title) = document().get_element_by_id("page-title") {
                    let _ = js_sys::Reflect::get(&title, &"focus".into())
                        .map(|focus| js_sys::Function::from(focus).call0(&title));
                }
                window().scroll_to_with_x_and_y(0.0, 0.0);
            });
        }
        path
    });
}
