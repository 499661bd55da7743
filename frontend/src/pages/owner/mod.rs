//! The owner's command center: every lever, how it stands, and everything that is under way.

mod batch;
mod bootstrap;
mod center;
mod direct;
mod directives;
mod documents;
mod extensions;
mod findings;
mod levers;
mod offered;
mod polled;
mod queue;
mod readiness;
mod registry;
pub(crate) mod rows;
mod section;
mod signatures;
pub(crate) mod table;
mod transactions;
mod words;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use self::center::Center;
pub(crate) use self::readiness::{
    Standing as OwnerStanding, programme_levers, request as standing_request,
};
pub(crate) use self::section::Section;
use self::section::SectionNav;
use crate::lever::use_batch;
use crate::ui::{Button, ButtonKind, Glyph, Icon, PageHeader};

/// The page.
#[component]
pub(crate) fn OwnerPage() -> impl IntoView {
    let params = use_params_map();
    let hash = use_location().hash;
    let current = Memo::new(move |_| {
        let path = params.with(|params| params.get("section"));
        hash.with(|hash| Section::of_address(path.as_deref(), hash))
    });
    let center = Center::provide(current);
    let again = Callback::new(move |()| center.refresh_all());
    let tools = move || {
        view! {
            <Button kind=ButtonKind::Quiet on_press=again testid="owner-refresh">
                <Icon glyph=Glyph::Refresh />
                "Read again"
            </Button>
        }
    };
    view! {
        <PageHeader
            title="Owner Command Center"
            subtitle="Every lever with its target, its check and its undo. Nothing is signed that is not shown."
            tools
        />
        <div class="owner">
            <SectionNav current waiting=waiting(center) />
            <div class="owner__parts">
                {move || view! { <Part section=current.get() /> }}
            </div>
        </div>
    }
    .into_any()
}

/// How many things wait in each part, in the order of the navigation.
fn waiting(center: Center) -> Signal<[usize; 10]> {
    let cart = use_batch();
    Memo::new(move |_| {
        let operations = center.with_governance(|view| queue::pending(&view.operations));
        Section::ALL.map(|section| match section {
            Section::Queue => operations.unwrap_or_default(),
            Section::Batch => cart.list().with(Vec::len),
            Section::Signatures => signatures::count(center),
            Section::Readiness
            | Section::Levers
            | Section::Registry
            | Section::Bootstrap
            | Section::Extensions
            | Section::Directives
            | Section::Transactions => 0,
        })
    })
    .into()
}

/// One part with its title.
#[component]
fn Part(section: Section) -> impl IntoView {
    let content = match section {
        Section::Readiness => view! { <readiness::ReadinessSection /> }.into_any(),
        Section::Levers => view! { <levers::LeversSection /> }.into_any(),
        Section::Registry => view! { <registry::RegistrySection /> }.into_any(),
        Section::Bootstrap => bootstrap::section(),
        Section::Queue => view! { <queue::QueueSection /> }.into_any(),
        Section::Extensions => view! { <extensions::ExtensionsSection /> }.into_any(),
        Section::Directives => view! { <directives::DirectivesSection /> }.into_any(),
        Section::Batch => view! { <batch::BatchSection /> }.into_any(),
        Section::Signatures => view! { <signatures::SignaturesSection /> }.into_any(),
        Section::Transactions => view! { <transactions::TransactionsSection /> }.into_any(),
    };
    view! {
        <section id=section.testid() data-testid=section.testid() aria-labelledby="owner-part-title">
            <header class="owner__head">
                <h2 class="owner__title" id="owner-part-title">{section.title()}</h2>
                <p class="owner__purpose">{section.purpose()}</p>
            </header>
            {content}
        </section>
    }
    .into_any()
}
