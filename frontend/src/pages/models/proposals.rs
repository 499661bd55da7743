//! Upgrades that the evaluation speaks for, and the votes on them: each call goes through the same check before the wallet is
//! asked as every other call of the page.

use leptos::prelude::*;
use phase8_shared::api::{ProposalStage, ProposalView};
use phase8_shared::chain::Call;
use phase8_shared::chain::Contracts;
use phase8_shared::chain::decode::decode;
use phase8_shared::chain::governor::{Support, Upgrade, delegate, queue, vote};
use phase8_shared::score::evaluate::UpgradeProposal;

use crate::api::{use_governance, use_system_handle};
use crate::lever::CallButton;
use crate::pages::models::stage::{stage_name, stage_words, whole};
use crate::ui::{
    ButtonKind, Card, CopyText, Disclosure, EmptyState, Glyph, Progress, StatusPill, Tone,
};
use crate::wallet::use_wallet;

/// What is wanted, and what is voted on.
#[component]
pub(super) fn Proposals(wanted: Vec<UpgradeProposal>) -> impl IntoView {
    let governance = use_governance();
    let deployment = use_system_handle().deployment();
    let contracts = Memo::new(move |_| deployment.with(|it| it.as_ref().map(|it| it.contracts)));
    let made = Memo::new(move |_| {
        governance
            .known()
            .with(|view| view.as_ref().map(|view| view.proposals.clone()).unwrap_or_default())
    });
    let wanted = StoredValue::new(wanted);
    let offers = move || {
        let Some(contracts) = contracts.get() else { return ().into_any() };
        let now = governance.chain_now().get_untracked();
        let offers = wanted.with_value(|wanted| {
            let open = made.get();
            let offers = wanted.iter().map(|it| {
                let upgrade = upgrade(it);
                let is_open = open.iter().any(|made| {
                    made.is_open(now)
                        && made.calls.iter().any(|call| upgrade.is_effect(&contracts, call))
                });
                offer(it, &contracts, is_open)
            });
            offers.collect_view()
        });
        offers.into_any()
    };
    let is_quiet = Memo::new(move |_| made.with(Vec::is_empty) && wanted.with_value(Vec::is_empty));
    let ids = Memo::new(move |_| made.with(|made| made.iter().map(|it| it.id).collect::<Vec<_>>()));
    let cards = move || {
        let Some(contracts) = contracts.get() else { return ().into_any() };
        let cards = ids.get().into_iter().map(|id| {
            let proposal =
                Memo::new(move |_| made.with(|made| made.iter().find(|it| it.id == id).cloned()));
            view! { <ProposalCard proposal contracts /> }
        });
        cards.collect_view().into_any()
    };
    view! {
        <Card title="Upgrades" testid="models-upgrades">
            {move || is_quiet.get().then(|| {
                let text = "When an adapter leads the one in use by the margin, the upgrade stands here to be proposed.";
                view! { <EmptyState title="No upgrade is proposed" text glyph=Glyph::Check /> }
            })}
            {offers}
            {cards}
        </Card>
    }
    .into_any()
}

fn upgrade(it: &UpgradeProposal) -> Upgrade<'_> {
    Upgrade { role: &it.role, adapter: &it.challenger, reason: &it.reason }
}

/// An upgrade that follows from the evaluation, to be proposed by whoever holds votes.
fn offer(it: &UpgradeProposal, contracts: &Contracts, is_open: bool) -> AnyView {
    let call = upgrade(it).propose(contracts);
    let title = format!("{} instead of {} for every {}", it.challenger, it.incumbent, it.role);
    let does = decoded(contracts, &call);
    view! {
        <div class="models__offer" data-testid="models-offer">
            <h3>{title}</h3>
            <p>{it.reason.clone()}</p>
            {does}
            {if is_open {
                view! { <StatusPill tone=Tone::Wait label="proposed already" /> }.into_any()
            } else {
                view! {
                    <CallButton call label="Propose upgrade" testid="models-propose" kind=ButtonKind::Primary />
                    <DelegateOwn contracts=*contracts />
                }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// Tokens vote only where they are delegated, to their own account too.
#[component]
fn DelegateOwn(contracts: Contracts) -> impl IntoView {
    let account = use_wallet().account();
    move || {
        account.get().map(|account| {
            let call = delegate(&contracts, account);
            view! {
                <CallButton call label="Let my tokens vote" testid="models-delegate" kind=ButtonKind::Quiet />
            }
        })
    }
}

/// The call taken apart, to be read before it is signed.
fn decoded(contracts: &Contracts, call: &Call) -> AnyView {
    match decode(contracts, call) {
        Err(error) => {
            view! { <p class="tone--bad">{format!("Not decoded: {error}")}</p> }.into_any()
        }
        Ok(decoded) => {
            let lines: Vec<(String, String)> = decoded
                .innermost()
                .into_iter()
                .flat_map(phase8_shared::chain::decode::Decoded::lines)
                .collect();
            let path = decoded.path();
            view! {
                <Disclosure summary="What is signed">
                    <p><code>{path}</code></p>
                    <dl class="facts">
                        {lines.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd class="models__value">{value}</dd> }).collect_view()}
                    </dl>
                </Disclosure>
            }
                .into_any()
        }
    }
}

/// A proposal with its vote, its quorum and its countdown.
#[component]
fn ProposalCard(proposal: Memo<Option<ProposalView>>, contracts: Contracts) -> impl IntoView {
    let governance = use_governance();
    let now = governance.chain_now();
    let stage = Memo::new(move |_| proposal.with(|it| it.as_ref().map(|it| it.stage(now.get()))));
    let state = move || {
        let (tone, words) = stage.get().map(stage_words)?;
        Some(view! { <StatusPill tone label=words /> })
    };
    // The countdown changes each second and the count with each vote; what can be pressed only with the stage: a button made
    // anew would forget what became of its call.
    let step = Memo::new(move |_| stage.get().as_ref().map(std::mem::discriminant));
    let tools = move || {
        // Read, not only tracked: a memo that nobody reads follows nothing.
        step.get()?;
        let it = proposal.get_untracked()?;
        Some(match stage.get_untracked()? {
            ProposalStage::Voting(_) => votes(&contracts, &it),
            ProposalStage::Passed => {
                let call = queue(&contracts, &it.calls, &it.description);
                view! { <CallButton call label="Queue it" testid="models-queue" kind=ButtonKind::Primary /> }
                    .into_any()
            }
            ProposalStage::Ready => view! { <p>"This server carries it out."</p> }.into_any(),
            ProposalStage::Pending(_)
            | ProposalStage::Defeated
            | ProposalStage::Queued(_)
            | ProposalStage::Executed
            | ProposalStage::Cancelled => ().into_any(),
        })
    };
    let part = move |of: fn(&ProposalView) -> alloy_primitives::U256| {
        Signal::derive(move || proposal.with(|it| it.as_ref().map_or(0, |it| whole(of(it)))))
    };
    let text = Signal::derive(move || {
        proposal.with(|it| {
            it.as_ref().map_or_else(String::new, |it| match it.quorum {
                Some(quorum) => format!("{} of {quorum}", it.took_part()),
                None => format!("{}; the quorum is known when the vote opens", it.took_part()),
            })
        })
    });
    let facts = move || {
        proposal.get().map(|it| {
            view! {
                <h3>{it.description.clone()}</h3>
                <p class="models__note">
                    {format!("For {}, against {}, abstaining {}. Proposed by ", it.votes_for, it.votes_against, it.votes_abstain)}
                    <CopyText text=it.proposer.to_string() label="proposer" />
                </p>
            }
        })
    };
    view! {
        <div class="models__proposal" data-testid="models-proposal" data-stage=move || stage.get().map(stage_name)>
            {state}
            {facts}
            <Progress
                label="Quorum"
                value=part(|it| it.took_part().get())
                held=0_u64
                max=part(|it| it.quorum.map(phase8_shared::money::TokenAmount::get).unwrap_or_default())
                text
                tone=Tone::Work
            />
            {tools}
        </div>
    }
    .into_any()
}

fn votes(contracts: &Contracts, it: &ProposalView) -> AnyView {
    let button = |support, label: &'static str, testid: &'static str| {
        let call = vote(contracts, it.id, support);
        view! { <CallButton call label testid /> }
    };
    view! {
        <div class="models__votes">
            {button(Support::For, "Vote for", "models-vote-for")}
            {button(Support::Against, "Vote against", "models-vote-against")}
            {button(Support::Abstain, "Abstain", "models-vote-abstain")}
        </div>
    }
    .into_any()
}
