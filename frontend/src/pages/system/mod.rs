//! System: what this server is, what it runs on, and how each part fares.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::{AdapterView, ServiceHealth, SystemView};
use phase8_shared::chain::{Contracts, Deployment};

use crate::api::{System, use_system_handle};
use crate::ui::{
    Button, ButtonKind, Card, CopyText, Glyph, Icon, PageHeader, ProblemCard, Skeleton, StatusPill,
    Tone,
};
use crate::wallet::use_wallet;

/// The system page.
#[component]
pub(crate) fn SystemPage() -> impl IntoView {
    let system = use_system_handle();
    let again = Callback::new(move |()| system.refresh());
    let has_view = Memo::new(move |_| system.view().with(Option::is_some));
    let tools = move || {
        view! {
            <Button kind=ButtonKind::Quiet on_press=again>
                <Icon glyph=Glyph::Refresh />
                "Check again"
            </Button>
        }
    };
    view! {
        <PageHeader title="System" subtitle="What this Mission Control runs on, and how each part fares." tools />
        {move || match (has_view.get(), system.error().get()) {
            (true, _) => view! { <Parts system /> }.into_any(),
            (false, Some(error)) => view! { <ProblemCard trouble=error on_retry=again /> }.into_any(),
            (false, None) => {
                view! {
                    <Card title="Services">
                        <Skeleton lines=6 label="Asking the server" />
                    </Card>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Parts(system: System) -> impl IntoView {
    let view = system.view();
    let of =
        move |take: fn(&SystemView) -> ServiceHealth| view.with(|view| view.as_ref().map(take));
    let chain = Memo::new(move |_| of(|view| view.chain.clone()));
    let orchestrator = Memo::new(move |_| of(|view| view.orchestrator.clone()));
    let relayer = Memo::new(move |_| view.with(|view| view.as_ref()?.relayer.clone()));
    let adapters = Memo::new(move |_| {
        view.with(|view| view.as_ref().map(|view| view.adapters.clone()).unwrap_or_default())
    });
    let build = Memo::new(move |_| {
        view.with(|view| view.as_ref().map(|view| (view.version.clone(), view.page_digest.clone())))
    });
    view! {
        <div class="system">
            <Card title="Services">
                <ul class="services">
                    <ServiceRow health=chain />
                    <ServiceRow health=orchestrator />
                    <Show when=move || relayer.with(Option::is_some)>
                        <ServiceRow health=relayer good="Pays gas" bad="Cannot pay" />
                    </Show>
                    <WalletRow />
                </ul>
            </Card>
            <Card title="Build">
                {move || {
                    build
                        .get()
                        .map(|(version, digest)| {
                            view! {
                                <dl class="facts">
                                    <dt>"Version"</dt>
                                    <dd class="mono">{version}</dd>
                                    <dt>"Page digest"</dt>
                                    <dd>
                                        {match digest {
                                            Some(digest) => {
                                                view! { <CopyText text=digest label="SHA-256 of the page's program" /> }
                                                    .into_any()
                                            }
                                            None => "The page is not served from here.".into_any(),
                                        }}
                                    </dd>
                                </dl>
                                <p class="note">
                                    "SHA-256 of the page's WebAssembly module. Compare it with what phase8 prints at start."
                                </p>
                            }
                        })
                }}
            </Card>
            {move || system.deployment().get().map(|deployment| view! { <ChainCard deployment /> })}
            <Card title="Model adapters">{move || view! { <AdapterTable adapters=adapters.get() /> }}</Card>
        </div>
    }
}

#[component]
fn ServiceRow(
    health: Memo<Option<ServiceHealth>>,
    #[prop(default = "Answers")] good: &'static str,
    #[prop(default = "Does not answer")] bad: &'static str,
) -> impl IntoView {
    let tone = Signal::derive(move || match health.with(|it| it.as_ref().map(|it| it.ok)) {
        Some(true) => Tone::Ok,
        Some(false) => Tone::Bad,
        None => Tone::Unknown,
    });
    let label = Signal::derive(move || if tone.get() == Tone::Ok { good } else { bad }.to_owned());
    view! {
        <li class="services__row" data-testid="service">
            <span class="services__name">{move || health.with(|it| it.as_ref().map(|it| it.name.clone()))}</span>
            <StatusPill tone label />
            <span class="services__detail">
                {move || health.with(|it| it.as_ref().map(|it| it.detail.clone()))}
                {move || health.with(|it| it.as_ref()?.block.map(|block| format!(" · block {block}")))}
            </span>
        </li>
    }
}

#[component]
fn WalletRow() -> impl IntoView {
    let wallet = use_wallet();
    let (account, chain, right) = (wallet.account(), wallet.chain_id(), wallet.is_right_chain());
    let tone = Signal::derive(move || match (account.get().is_some(), right.get()) {
        (false, _) => Tone::Off,
        (true, true) => Tone::Ok,
        (true, false) => Tone::Warn,
    });
    let label = Signal::derive(move || {
        match (account.get().is_some(), right.get()) {
            (false, _) => "Not connected",
            (true, true) => "Connected",
            (true, false) => "Wrong network",
        }
        .to_owned()
    });
    let detail = move || match (account.get(), chain.get()) {
        (Some(account), Some(chain)) => format!("{account} on chain {chain}"),
        (Some(account), None) => account.to_string(),
        (None, _) => "Connect one to launch, to flip levers and to approve.".to_owned(),
    };
    view! {
        <li class="services__row" data-testid="service">
            <span class="services__name">"Your wallet"</span>
            <StatusPill tone label />
            <span class="services__detail">{detail}</span>
        </li>
    }
}

#[component]
fn ChainCard(deployment: Deployment) -> impl IntoView {
    let Deployment { chain_id, from_block, contracts, payees, .. } = deployment;
    let rows = named(&contracts).into_iter().map(|(name, purpose, address)| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="table__wide">{purpose}</td>
                <td><CopyText text=address.to_string() label=format!("address of {name}") /></td>
            </tr>
        }
    });
    let payees = payees.into_iter().map(|(role, address)| {
        view! {
            <tr>
                <th scope="row">{role.to_string()}</th>
                <td class="table__wide">"Wallet that this agent's pay goes to"</td>
                <td><CopyText text=address.to_string() label=format!("payout wallet of {role}") /></td>
            </tr>
        }
    });
    view! {
        <Card title="Chain and contracts">
            <dl class="numbers">
                <div class="numbers__one"><dt>"Chain id"</dt><dd>{chain_id}</dd></div>
                <div class="numbers__one"><dt>"Deployed at block"</dt><dd>{from_block}</dd></div>
            </dl>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Contract"</th>
                        <th scope="col" class="table__wide">"For"</th>
                        <th scope="col">"Address"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()} {payees.collect_view()}</tbody>
            </table>
        </Card>
    }
}

#[component]
fn AdapterTable(adapters: Vec<AdapterView>) -> impl IntoView {
    let rows = adapters.into_iter().map(|AdapterView { adapter, rehearsal }| {
        let price = adapter
            .cost_per_1k_tokens
            .map_or_else(|| "not known".to_owned(), |price| price.to_string());
        view! {
            <tr>
                <th scope="row" class="mono">{adapter.id.to_string()}</th>
                <td class="table__wide">{adapter.provider}</td>
                <td class="mono">{price}</td>
                <td>{if rehearsal { "Rehearsal: no model is asked" } else { "Asks a model" }}</td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Adapters and prices">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Adapter"</th>
                        <th scope="col" class="table__wide">"Provider"</th>
                        <th scope="col">"Per 1,000 tokens"</th>
                        <th scope="col">"Kind"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Every contract with its name and purpose.
const fn named(contracts: &Contracts) -> [(&'static str, &'static str, Address); 9] {
    [
        ("AgiAlpha", "The $AGIα token", contracts.token),
        ("OwnerProxy", "The owner's one door to every lever", contracts.owner_proxy),
        ("Manager", "Phase8UniversalValueManager: forwards pauses", contracts.manager),
        ("SystemPause", "Pauses every module", contracts.system_pause),
        ("PauseGuardian", "The brake without a delay", contracts.pause_guardian),
        ("BudgetManager", "Budget caps", contracts.budget_manager),
        ("MissionEscrow", "Deposits and payouts", contracts.escrow),
        ("ValidatorRegistry", "The validators' guild", contracts.validator_registry),
        ("CheckpointLedger", "Checkpoints of mission ledgers", contracts.checkpoint_ledger),
    ]
}
