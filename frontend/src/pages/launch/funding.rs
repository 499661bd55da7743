//! The two signatures that fund a mission: the exact allowance, then the deposit. It goes on after a reload where it was.

use alloy_primitives::{B256, U64};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use phase8_shared::api::{FundingOffer, MissionPhase, MissionView, TransactionStatus};
use phase8_shared::chain::{Call, approve_call, fund_call};
use phase8_shared::id::MissionId;
use phase8_shared::mission::EscrowTerms;

use super::desk::{Desk, use_desk};
use super::draft::LaunchRecord;
use super::steps::Step;
use super::terms;
use crate::api::{self, ClientError};
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, CopyText, Disclosure, ProblemCard, Skeleton, Stages, Trouble};
use crate::wallet::{describe, Wallet};

/// Milliseconds between two looks for a receipt.
const LOOK_EVERY: u32 = 800;

/// The mission that was begun, and what is left to sign for it.
#[component]
pub(super) fn Funding() -> impl IntoView {
    let desk = use_desk();
    let id = Memo::new(move |_| desk.launch.with(|launch| launch.as_ref().map(|launch| launch.id)));
    let mission = LocalResource::new(move || {
        let id = id.get();
        async move {
            match id {
                Some(id) => Some(api::mission(id).await),
                None => None,
            }
        }
    });
    let again = Callback::new(move |()| mission.refetch());
    let over = Callback::new(move |()| desk.launch.set(None));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 label="Reading the mission" /> }>
            {move || Suspend::new(async move {
                match mission.await {
                    None => ().into_any(),
                    Some(Ok(mission)) => view! { <Standing mission /> }.into_any(),
                    Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=again /> }.into_any(),
                }
            })}
        </Transition>
        <div class="row row--end">
            <Button kind=ButtonKind::Quiet on_press=over testid="start-over">"Start over with a new mission"</Button>
        </div>
    }
}

/// What is left to do for this mission: sign, or nothing any more.
#[component]
fn Standing(mission: MissionView) -> impl IntoView {
    let desk = use_desk();
    let id = mission.summary.id;
    if mission.summary.phase != MissionPhase::AwaitingFunding {
        return view! {
            <p class="note">"This mission is funded and launched."</p>
            <leptos_router::components::A href=Route::Mission(id).path() attr:class="button button--primary">
                "Open the mission"
            </leptos_router::components::A>
        }
        .into_any();
    }
    match untrack(|| own_terms(desk, &mission.funding)) {
        Err(trouble) => view! { <ProblemCard trouble /> }.into_any(),
        Ok(terms) => view! { <Signatures id terms /> }.into_any(),
    }
}

/// The terms that this page computes itself; the server's are only compared with them.
fn own_terms(desk: Desk, offered: &FundingOffer) -> Result<EscrowTerms, Trouble> {
    let missing = || Trouble::new("The terms cannot be computed", "The job spec or the server's configuration is not there.", "Upload the job spec again.");
    let spec = desk.review.with(|review| review.as_ref().and_then(|review| review.spec.clone())).ok_or_else(missing)?;
    let reward = desk.launch.with(|launch| launch.as_ref().map(|launch| launch.reward)).ok_or_else(missing)?;
    let basis = desk.basis(reward).ok_or_else(missing)?;
    let own = terms::derive(&spec, &basis, offered.created_at)
        .map_err(|error| Trouble::new("The terms cannot be computed", format!("{error}."), "Mend the job spec, then start over."))?;
    let differences = terms::differences(&own, offered);
    if differences.is_empty() {
        return Ok(own);
    }
    Err(Trouble::new(
        "The server's offer is not what this page computes",
        "Nothing is signed, because what would be funded is not what you uploaded.",
        "Start over. If it happens again, do not launch from this server.",
    )
    .with_details(differences))
}

#[component]
fn Signatures(id: MissionId, terms: EscrowTerms) -> impl IntoView {
    let desk = use_desk();
    let navigate = use_navigate();
    let record = desk.launch.get_untracked();
    let deposit = terms.deposit().unwrap_or_default();
    let resumed = |sent: fn(&LaunchRecord) -> Option<B256>| {
        record.as_ref().and_then(sent).map_or(Step::Proposed, Step::Sent)
    };
    let approve = RwSignal::new(resumed(|record| record.approve));
    let fund = RwSignal::new(resumed(|record| record.fund));
    let Some(deployment) = desk.wallet.deployment().get_untracked() else {
        return ().into_any();
    };
    let contracts = deployment.contracts;
    let approve_call = approve_call(&contracts, deposit);
    let fund_call = fund_call(&contracts, id.key(), &terms);

    let arrive = Callback::new(move |()| {
        desk.launch.set(None);
        navigate(&Route::Mission(id).path(), leptos_router::NavigateOptions::default());
    });
    let look_for_allowance = Action::new_local(move |(): &()| async move {
        let Some(owner) = desk.account.get_untracked() else { return };
        if let Ok(allowed) = api::allowance(contracts.token, owner, contracts.escrow).await
            && allowed >= deposit
        {
            approve.try_update(|step| {
                if step.can_sign() {
                    *step = Step::Spared;
                }
            });
        }
    });
    if approve.with_untracked(Step::can_sign) {
        look_for_allowance.dispatch(());
    }

    let approve_words = format!("1. Allow the escrow to take exactly {deposit}");
    let fund_words = format!("2. Fund the mission with {deposit}");
    let keep_approve = Callback::new(move |hash| desk.note(|record| record.approve = Some(hash)));
    let keep_fund = Callback::new(move |hash| desk.note(|record| record.fund = Some(hash)));
    let blocked = Signal::derive(move || !approve.with(Step::is_done));
    view! {
        <p class="note">
            "Mission " <CopyText text=id.to_string() label="mission id" /> " is prepared. It starts when its escrow is funded."
        </p>
        <ol class="signatures">
            <SigningStep
                words=approve_words
                call=approve_call
                step=approve
                blocked=false
                testid="launch-step-approve"
                button_testid="sign-approve"
                on_sent=keep_approve
                on_done=Callback::new(|()| ())
            />
            <SigningStep
                words=fund_words
                call=fund_call
                step=fund
                blocked
                testid="launch-step-fund"
                button_testid="sign-fund"
                on_sent=keep_fund
                on_done=arrive
            />
        </ol>
    }
    .into_any()
}

/// One signature: what it does in words, its stages, and the bytes behind a press.
#[component]
fn SigningStep(
    /// What it does.
    words: String,
    /// What is signed.
    call: Call,
    /// How far it is.
    step: RwSignal<Step>,
    /// Waits for the step before it.
    #[prop(into)]
    blocked: Signal<bool>,
    testid: &'static str,
    button_testid: &'static str,
    /// Called with the hash as soon as there is one.
    on_sent: Callback<B256>,
    /// Called when it is in a block.
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = use_desk();
    let wallet = desk.wallet;
    let described = desk.wallet.deployment().get_untracked().and_then(|it| describe(&call, &it.contracts));
    let raw = call.data.to_string();
    let to = call.to.to_string();
    let call = StoredValue::new(call);
    let run = Action::new_local(move |resumed: &Option<B256>| {
        let resumed = *resumed;
        async move { run_step(wallet, call.get_value(), resumed, step, on_sent, on_done).await }
    });
    if let Step::Sent(hash) = step.get_untracked() {
        run.dispatch(Some(hash));
    }
    let sign = Callback::new(move |()| {
        run.dispatch(None);
    });
    let busy = Signal::derive(move || step.with(|step| matches!(step, Step::Asking | Step::Sent(_))));
    let failed = move || {
        step.with(|step| match step {
            Step::Failed { trouble, .. } => Some(trouble.clone()),
            Step::Proposed | Step::Asking | Step::Sent(_) | Step::Confirmed(_) | Step::Spared => None,
        })
    };
    let label = move || {
        step.with(|step| match step {
            Step::Proposed => "Sign",
            Step::Asking => "Answer in your wallet…",
            Step::Sent(_) => "Waiting for the block…",
            Step::Confirmed(_) => "Confirmed",
            Step::Spared => "Not needed",
            Step::Failed { .. } => "Sign again",
        })
    };
    view! {
        <li class="signature" data-testid=testid data-stage=move || step.with(Step::word)>
            <p class="signature__words">{words}</p>
            <Stages marks=Signal::derive(move || step.with(Step::marks)) />
            <Show when=move || step.with(|step| *step == Step::Spared)>
                <p class="note">"Your allowance already suffices, so there is nothing to sign here."</p>
            </Show>
            {move || {
                step.with(Step::hash)
                    .map(|hash| {
                        view! { <p class="note">"Transaction " <CopyText text=hash.to_string() label="transaction hash" /></p> }
                    })
            }}
            {move || failed().map(|trouble| view! { <ProblemCard trouble /> })}
            <Show when=move || !step.with(Step::is_done)>
                <Button
                    kind=ButtonKind::Primary
                    on_press=sign
                    busy
                    disabled=Signal::derive(move || blocked.get() || !step.with(Step::can_sign))
                    testid=button_testid
                >
                    {label}
                </Button>
            </Show>
            <Disclosure summary="What exactly is signed">
                {match described {
                    Some(described) => {
                        let lines = described.lines.into_iter().map(|(name, value)| {
                            view! {
                                <dt>{name}</dt>
                                <dd class="mono">{value}</dd>
                            }
                        });
                        view! {
                            <p>{described.sentence}</p>
                            <p class="mono note">{described.path}</p>
                            <dl class="facts facts--stacked">{lines.collect_view()}</dl>
                        }
                            .into_any()
                    }
                    None => view! { <p>"Not decoded: this call will not be signed."</p> }.into_any(),
                }}
                <p class="note">"To " <CopyText text=to label="contract address" /></p>
                <pre class="raw">{raw}</pre>
            </Disclosure>
        </li>
    }
}

/// Signs unless it was sent before the reload, then waits for the block.
async fn run_step(
    wallet: Wallet,
    call: Call,
    resumed: Option<B256>,
    step: RwSignal<Step>,
    on_sent: Callback<B256>,
    on_done: Callback<()>,
) {
    let hash = match resumed {
        Some(hash) => hash,
        None => {
            step.set(Step::Asking);
            match wallet.send(&call).await {
                Ok(hash) => hash,
                Err(error) => {
                    step.try_set(Step::unsigned(error.into()));
                    return;
                }
            }
        }
    };
    on_sent.run(hash);
    step.try_set(Step::Sent(hash));
    match confirmed(hash, step).await {
        Some(Ok(())) => {
            step.try_set(Step::Confirmed(hash));
            on_done.run(());
        }
        Some(Err(trouble)) => {
            step.try_set(Step::refused(trouble));
        }
        // The page was left; the record goes on with it next time.
        None => {}
    }
}

/// Waits for the block, as long as the page is there. A server or chain that is away for a while is waited for.
async fn confirmed(hash: B256, step: RwSignal<Step>) -> Option<Result<(), Trouble>> {
    loop {
        match api::receipt(hash).await {
            Ok(Some(receipt)) if receipt.status == U64::from(1) => return Some(Ok(())),
            Ok(Some(receipt)) => {
                let why = refusal(hash).await.unwrap_or_else(|| format!("It was reverted in block {}.", receipt.block_number));
                return Some(Err(Trouble::new("The chain reverted the transaction", why, "Read the reason, mend it, then sign again.")));
            }
            Ok(None) => {
                if let Some(why) = refusal(hash).await {
                    return Some(Err(Trouble::new("The transaction will not be included", why, "Sign again.")));
                }
            }
            Err(ClientError::Offline | ClientError::Problem(_) | ClientError::Garbled(_)) => {}
        }
        gloo_timers::future::TimeoutFuture::new(LOOK_EVERY).await;
        step.try_get_untracked()?;
    }
}

/// Why a transaction that this server relayed failed; `None` while it has not, or if another wallet sent it.
async fn refusal(hash: B256) -> Option<String> {
    match api::transaction(hash).await.ok()?.status {
        TransactionStatus::Reverted { reason, .. } | TransactionStatus::Refused { reason } => Some(reason),
        TransactionStatus::Replaced {} => Some("Another transaction took its place.".to_owned()),
        TransactionStatus::Stored | TransactionStatus::Sent | TransactionStatus::Included { .. } => None,
    }
}

impl Desk {
    /// Remembers something of the launch under way.
    fn note(self, change: impl FnOnce(&mut LaunchRecord)) {
        self.launch.update(|record| {
            if let Some(record) = record {
                change(record);
            }
        });
    }
}
