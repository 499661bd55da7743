//! Approvals that wait: for a validator what is signed and the button to sign it, for everybody else who is needed.

mod card;
pub(crate) mod view_model;

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::id::MilestoneIndex;
use phase8_shared::mission::MissionState;

use crate::api::{ClientError, use_system_handle};
use crate::lever::reads;
use crate::live::LiveMission;
use crate::pages::mission::approvals::card::ApprovalCard;
use crate::pages::mission::approvals::view_model::{
    Standing, Waiting, standing, standing_words, waiting,
};
use crate::pages::mission::deliverable::Reader;
use crate::ui::{Button, Glyph, Icon, ProblemCard};
use crate::wallet::use_wallet;

/// What an approval card needs to know of its surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    live: LiveMission,
    state: Signal<Arc<MissionState>>,
    waiting: Memo<Vec<Waiting>>,
    guild: LocalResource<Option<Result<Vec<Address>, ClientError>>>,
    reader: Reader,
}

impl Desk {
    fn waiting(self, milestone: MilestoneIndex) -> Option<Waiting> {
        self.waiting.with(|all| all.iter().find(|one| one.milestone == milestone).cloned())
    }

    fn guild(self) -> Option<Vec<Address>> {
        self.guild.get().flatten().and_then(Result::ok)
    }

    fn standing(self, waiting: &Waiting, account: Option<Address>) -> Standing {
        let (guild, now) = (self.guild(), self.live.now());
        self.state.with(|state| standing(waiting, state, guild.as_deref(), account, now))
    }
}

/// The approvals of a mission that wait; nothing while none does.
#[component]
pub(crate) fn Approvals(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
    /// Where deliverables are read.
    reader: Reader,
) -> impl IntoView {
    let deployment = use_system_handle().deployment();
    let waiting = Memo::new(move |_| live.with(waiting));
    let any = Memo::new(move |_| waiting.with(|waiting| !waiting.is_empty()));
    // The guild is read only once somebody is asked.
    let guild = LocalResource::new(move || {
        let deployment = any.get().then(|| deployment.get()).flatten();
        async move { Some(reads::guild(&deployment?.contracts).await) }
    });
    let desk = Desk { live, state, waiting, guild, reader };
    let account = use_wallet().account();
    // For a validator: what they can do. For everybody else: what waits.
    let count = Memo::new(move |_| {
        let account = account.get();
        waiting.with(|waiting| {
            let mine = waiting
                .iter()
                .filter(|one| desk.standing(one, account) == Standing::MaySign)
                .count();
            let signed = waiting
                .iter()
                .any(|one| account.is_some_and(|account| one.signed.contains(&account)));
            if mine > 0 || signed { mine } else { waiting.len() }
        })
    });
    // What keeps the viewer out of every request is said once.
    let outside = Memo::new(move |_| {
        let account = account.get();
        let first =
            waiting.with(|waiting| waiting.first().map(|one| desk.standing(one, account)))?;
        matches!(
            first,
            Standing::Nobody | Standing::Stranger | Standing::Operator | Standing::Unknown
        )
        .then(|| standing_words(&first))
        .flatten()
    });
    let indexes =
        move || waiting.with(|waiting| waiting.iter().map(|one| one.milestone).collect::<Vec<_>>());
    let trouble = move || guild.get().flatten().and_then(Result::err);
    let retry = Callback::new(move |()| guild.refetch());
    view! {
        <Show when=move || any.get()>
            <section class="card approvals" aria-label="Approvals" id="approvals">
                <header class="card__head">
                    <h2 class="card__title" data-testid="action-required" role="status">
                        <Icon glyph=Glyph::Sign />
                        {move || format!("Action required ({})", count.get())}
                    </h2>
                </header>
                <div class="card__body">
                    {move || trouble().map(|error| view! { <ProblemCard trouble=error on_retry=retry /> })}
                    {move || outside.get().map(|words| view! { <Outside words /> })}
                    <For each=indexes key=|index| *index let:milestone>
                        <ApprovalCard desk milestone />
                    </For>
                </div>
            </section>
        </Show>
    }
}

/// Why the viewer cannot sign, and the way to another account.
#[component]
pub(crate) fn Outside(
    /// Why.
    words: &'static str,
) -> impl IntoView {
    let wallet = use_wallet();
    view! {
        <p class="approval__standing">
            <Icon glyph=Glyph::Info />
            <span>{words}</span>
            <Button on_press=Callback::new(move |()| wallet.open_picker())>
                <Icon glyph=Glyph::Wallet />
                "Choose account"
            </Button>
        </p>
    }
}
