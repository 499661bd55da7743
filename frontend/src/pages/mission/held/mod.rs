//! Steps that wait for a person while the co-pilot is required, and the button that lets them go on.

mod view_model;

use std::collections::BTreeSet;
use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::ReleaseStep;
use phase8_shared::chain::StepReleaseRequest;
use phase8_shared::id::{MissionId, StepId};
use phase8_shared::mission::MissionState;

use crate::api::{self, ClientError, use_governance, use_system_handle};
use crate::lever::reads;
use crate::live::LiveMission;
use crate::pages::mission::approvals::Outside;
pub(crate) use crate::pages::mission::held::view_model::Progress;
use crate::pages::mission::held::view_model::{Row, Standing, WHY, request, rows};
use crate::ui::{Button, ButtonKind, CopyText, Glyph, Icon, ProblemCard, Stages, Tone, use_toasts};
use crate::wallet::{Wallet, WalletError, use_wallet};

/// Id of what says who may press the buttons.
const WHO_MAY: &str = "held-who-may";

/// What a row needs to know of its surroundings.
#[derive(Clone, Copy)]
struct Desk {
    live: LiveMission,
    rows: Memo<Vec<Row>>,
    standing: Memo<Standing>,
    signed_here: RwSignal<BTreeSet<StepId>>,
}

impl Desk {
    fn row(self, step: StepId) -> Option<Row> {
        self.rows.with(|rows| rows.iter().find(|row| row.step == step).cloned())
    }
}

/// The steps of a mission that wait for a person; nothing while none does.
#[component]
pub(crate) fn HeldSteps(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
) -> impl IntoView {
    let deployment = use_system_handle().deployment();
    let account = use_wallet().account();
    let signed_here = RwSignal::new(BTreeSet::new());
    let rows = Memo::new(move |_| state.with(|state| signed_here.with(|here| rows(state, here))));
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    // The guild is read only once somebody is asked.
    let guild = LocalResource::new(move || {
        let deployment = any.get().then(|| deployment.get()).flatten();
        async move { Some(reads::guild(&deployment?.contracts).await) }
    });
    let operator = Memo::new(move |_| state.with(|state| state.created.operator));
    let members = move || guild.get().flatten().and_then(Result::ok);
    let standing =
        Memo::new(move |_| Standing::of(account.get(), operator.get(), members().as_deref()));
    let desk = Desk { live, rows, standing, signed_here };
    let count = move || rows.with(|rows| rows.iter().filter(|row| !row.released).count());
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.step).collect::<Vec<_>>());
    let trouble = move || guild.get().flatten().and_then(Result::err);
    let retry = Callback::new(move |()| guild.refetch());
    tell_releases(state, signed_here);
    view! {
        <Show when=move || any.get()>
            <section class="card approvals" aria-label="Held steps" id="held" data-testid="held-steps">
                <header class="card__head">
                    <h2 class="card__title" data-testid="held-required" role="status">
                        <Icon glyph=Glyph::Sign />
                        {move || format!("Action required ({}): co-pilot", count())}
                    </h2>
                </header>
                <div class="card__body">
                    {move || trouble().map(|error: ClientError| view! { <ProblemCard trouble=error on_retry=retry /> })}
                    <div id=WHO_MAY>
                        {move || standing.get().words().map(|words| view! {
                            <Outside words />
                            <WhoMay operator=operator.get() guild=members().unwrap_or_default() />
                        })}
                    </div>
                    <For each=ids key=|step| *step let:step>
                        <HeldStep desk step />
                    </For>
                </div>
            </section>
        </Show>
    }
}

/// Says it once the ledger records a release that was signed here: its row may be gone by then.
fn tell_releases(state: Signal<Arc<MissionState>>, signed_here: RwSignal<BTreeSet<StepId>>) {
    let toasts = use_toasts();
    Effect::new(move |told: Option<BTreeSet<StepId>>| {
        let told = told.unwrap_or_default();
        let mine = signed_here.get();
        state.with(|state| {
            let released: BTreeSet<StepId> = mine.intersection(&state.released).copied().collect();
            for step in released.difference(&told).filter_map(|id| state.step(*id)) {
                let words = format!("The ledger records it: “{}” goes on.", step.plan.title);
                toasts.say(Tone::Ok, words);
            }
            released
        })
    });
}

/// Who may let steps go on.
#[component]
fn WhoMay(operator: Address, guild: Vec<Address>) -> impl IntoView {
    let seats = guild
        .into_iter()
        .filter(|member| *member != operator)
        .map(|seat| view! { <CopyText text=seat.to_string() label="validator" /> })
        .collect_view();
    view! {
        <dl class="facts">
            <dt>"Operator"</dt>
            <dd><CopyText text=operator.to_string() label="operator" /></dd>
            <dt>"Guild"</dt>
            <dd class="approval__seats">{seats}</dd>
        </dl>
    }
}

/// One held step, and its button.
#[component]
fn HeldStep(desk: Desk, step: StepId) -> impl IntoView {
    let wallet = use_wallet();
    let deployment = use_system_handle().deployment();
    let chain_now = use_governance().chain_now();
    let mission = desk.live.id();
    let row = Memo::new(move |_| desk.row(step));
    let released = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.released)));
    let progress = RwSignal::new(Progress::Asked);
    let release = Action::new_local(move |(request, by): &(StepReleaseRequest, Address)| {
        let (request, by) = (*request, *by);
        async move {
            let signed = move || {
                desk.signed_here.try_update(|here| here.insert(step));
                progress.try_set(Progress::Signed);
            };
            if let Err(failed) = sign_and_send(wallet, mission, request, by, signed).await {
                progress.try_set(failed);
            }
        }
    });
    let press = Callback::new(move |()| {
        let server_now = untrack(|| desk.live.now()).unix_seconds();
        let asked = deployment.get_untracked().zip(wallet.account().get_untracked());
        let Some((deployment, by)) = asked else {
            return progress.set(Progress::Unsigned(WalletError::NotConnected.words()));
        };
        progress.set(Progress::Signing);
        let request = request(&deployment, mission, step, chain_now.get_untracked(), server_now);
        release.dispatch_local((request, by));
    });
    let busy = Signal::derive(move || {
        progress.with(|it| matches!(it, Progress::Signing | Progress::Signed))
    });
    let blocked = Signal::derive(move || desk.standing.get() != Standing::MaySign);
    let marks = Signal::derive(move || progress.with(|it| it.marks(released.get())));
    let trouble = move || progress.with(Progress::trouble).filter(|_| !released.get());
    view! {
        <article class="approval" data-testid="held-step" data-step=step.to_string()>
            <h3 class="approval__title">{move || row.get().map(|row| row.title)}</h3>
            <p class="approval__need">
                {move || if released.get() { "A person let this step go on." } else { WHY }}
            </p>
            <Stages marks />
            {move || trouble().map(|(what, mend)| view! {
                <p class="lever__trouble tone--bad" role="alert">
                    <Icon glyph=Glyph::from(Tone::Bad) />
                    <span><strong>{what}"."</strong>" "{mend}</span>
                </p>
            })}
            <Show when=move || !released.get()>
                <div class="flip__actions">
                    <Button kind=ButtonKind::Primary on_press=press disabled=blocked busy=busy testid="release-step" described_by=WHO_MAY>
                        <Icon glyph=Glyph::Sign />
                        "Let it go on"
                    </Button>
                </div>
            </Show>
        </article>
    }
}

/// The person signs, and the server proves the signature and has the ledger record it.
async fn sign_and_send(
    wallet: Wallet,
    mission: MissionId,
    request: StepReleaseRequest,
    by: Address,
    signed: impl FnOnce(),
) -> Result<(), Progress> {
    let signature = wallet
        .sign_typed_data(&request.typed_data_json())
        .await
        .map_err(|error| Progress::Unsigned(error.words()))?;
    signed();
    let release = ReleaseStep { by, deadline: request.deadline, signature };
    api::release_step(mission, request.step, &release)
        .await
        .map_err(|error| Progress::Refused(WalletError::from(error).words()))
}
