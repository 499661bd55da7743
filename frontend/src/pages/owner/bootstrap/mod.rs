//! From a manifest to the chain: what differs, tried out as a whole, call by call in groups, sent by the owner's wallet one
//! after the other, or handed on as a Safe batch and as documents.

mod outline;
mod progress;
mod run;
mod survey;

use leptos::prelude::*;
use phase8_shared::api::{OperationState, OperationView};
use phase8_shared::chain::{Circumstances, Intent};
use phase8_shared::plan::survey::{Outline, Outlined, Surveyed};

use self::run::Run;
use self::survey::{Ground, Planned};
use crate::api::{self, use_system};
use crate::lever::use_batch;
use crate::live::browser_time;
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::findings::FindingsCard;
use crate::pages::owner::polled::Faces;
use crate::ui::{
    Card, DropZone, EmptyState, Glyph, ProblemCard, Skeleton, Tone, Trouble, Wanted, use_toasts,
};

/// What the places of the plan's levers begin with.
const PLACE: &str = "lever-bootstrap-";

const WANTED: Wanted =
    Wanted { file: "universal.value.manifest.json", id: "bootstrap-manifest-file" };

/// Seconds for which a digest of the Safe batch is good.
const GOOD_FOR: u64 = 3_600;

/// What the parts of this section share.
#[derive(Clone, Copy)]
struct Bench {
    center: Center,
    /// The last plan; none while there is none yet.
    planned: RwSignal<Option<Result<Planned, Trouble>>>,
    /// Whether another is being made.
    planning: Signal<bool>,
    run: RwSignal<Run>,
    /// Whether the run is to end after the call that is under way.
    halt: RwSignal<bool>,
    carry: Action<Vec<Outlined>, ()>,
    /// Makes another plan.
    again: Callback<()>,
}

/// What the plan is made from; or why there is nothing to make it from.
type Grounded = Result<Ground, Trouble>;

/// The part.
pub(super) fn section() -> AnyView {
    let center = use_center();
    let ground = ground(center);
    let bench = Bench::new(center, ground);
    let source = move || match ground.get() {
        Some(Ok(ground)) => format!("The plan is of {}.", ground.from),
        Some(Err(_)) | None => String::new(),
    };
    view! {
        <div class="owner__stack">
            <Card title="The manifest" testid="bootstrap-source">
                <DropZone wanted=WANTED upload=center.manifest />
                <p class="note" data-testid="bootstrap-from">{source}</p>
            </Card>
            <Faces face=center.registry.face() loading="Reading the registry" on_retry=center.retry()>
                {move || match bench.planned.get() {
                    None => match ground.get() {
                        Some(Err(trouble)) => missing(trouble),
                        Some(Ok(_)) | None => view! {
                            <Card title="Plan"><Skeleton lines=6 label="Comparing the manifest with the chain" /></Card>
                        }
                        .into_any(),
                    },
                    Some(Err(trouble)) => view! { <ProblemCard trouble on_retry=bench.again /> }.into_any(),
                    Some(Ok(planned)) => full(bench, planned),
                }}
            </Faces>
        </div>
    }
    .into_any()
}

fn missing(trouble: Trouble) -> AnyView {
    let text = format!("{} {}", trouble.why, trouble.mend);
    view! {
        <Card title="Plan" testid="bootstrap-empty">
            <EmptyState title="No manifest yet" text glyph=Glyph::File />
        </Card>
    }
    .into_any()
}

/// The uploaded manifest, else the server's, with everything beside it.
fn ground(center: Center) -> Memo<Option<Grounded>> {
    let served = LocalResource::new(api::bootstrap);
    let system = use_system();
    Memo::new(move |_| {
        let files = served.get()?;
        let policies = system.with(|view| view.as_ref().map(|it| it.policies.source.clone()));
        // Whoever may not read the policies plans without the guild.
        let policies = policies.filter(|source| !source.is_empty());
        let deployment = center.deployment.get()?;
        Some(files.map_err(Trouble::from).and_then(|files| {
            let configured = files.manifest;
            let (from, manifest) = match (center.manifest.get(), configured.text) {
                (Some(upload), _) => (format!("{}, from this browser", upload.name), upload.text),
                (None, Some(text)) => {
                    (format!("{}, as the server is configured", configured.file), text)
                }
                (None, None) => {
                    let why = format!("{}.", configured.missing.unwrap_or_default());
                    let mend = "Drop a manifest above, or name one in scoreboard.manifest.";
                    return Err(Trouble::new("No manifest yet", why, mend));
                }
            };
            Ok(Ground { from, manifest, policies, adapters: files.adapters.text, deployment })
        }))
    })
}

impl Bench {
    fn new(center: Center, ground: Memo<Option<Grounded>>) -> Self {
        let planned = RwSignal::new(None);
        let run = RwSignal::new(Run::Idle);
        let halt = RwSignal::new(false);
        let count = RwSignal::new(0_usize);
        let plan = Action::new_local(move |(ground, mine): &(Ground, usize)| {
            let (ground, mine) = (ground.clone(), *mine);
            async move {
                let answer = survey::plan(ground).await;
                // Only the newest plan counts.
                if count.try_get_untracked() == Some(mine) {
                    planned.try_set(Some(answer));
                }
            }
        });
        let carry = Action::new_local(move |orders: &Vec<Outlined>| {
            let orders = orders.clone();
            async move {
                halt.try_set(false);
                run::carry_out(center.desk, orders, run, halt).await;
                center.refresh_all();
            }
        });
        let registry = center.registry.value();
        // What waits in the timelock changes a plan as what is in the registry does.
        let waiting = Memo::new(move |_| {
            center.with_governance(|view| {
                let waits = |it: &OperationView| matches!(it.state, OperationState::Waiting {});
                view.operations.iter().map(|it| (it.id, waits(it))).collect::<Vec<_>>()
            })
        });
        let going = Memo::new(move |_| run.with(Run::is_going));
        let asked = RwSignal::new(0_usize);
        // Asks the worker, whenever the chain or the files are others; a plan that is carried out stays as it is.
        Effect::new(move |_| {
            waiting.track();
            asked.track();
            let known = registry.with(Option::is_some);
            match ground.get() {
                Some(Ok(ground)) if known && !going.get() => {
                    count.update(|count| *count = count.wrapping_add(1));
                    plan.dispatch_local((ground, count.get_untracked()));
                }
                Some(Err(_)) => planned.set(None),
                Some(Ok(_)) | None => {}
            }
        });
        let again = Callback::new(move |()| {
            run.set(Run::Idle);
            asked.update(|asked| *asked = asked.wrapping_add(1));
        });
        Self { center, planned, planning: plan.pending().into(), run, halt, carry, again }
    }
}

/// What came of a plan.
fn full(bench: Bench, planned: Planned) -> AnyView {
    let Planned { from, surveyed, tried } = planned;
    match surveyed {
        Surveyed::Ready(outline) => outline::view(bench, *outline, tried),
        Surveyed::Refused { file, findings } => {
            let (what, why) = (
                format!("{file} would be refused"),
                format!("Nothing was planned, and nothing is sent: {file} of {from}."),
            );
            let trouble =
                Trouble::new(what, why, "Mend what the findings name, then choose the file again.");
            view! {
                <div data-testid="bootstrap-refused"><ProblemCard trouble /></div>
                <FindingsCard findings=Signal::derive(move || findings.clone()) />
            }
            .into_any()
        }
        Surveyed::Trouble { what, mend } => {
            let trouble = Trouble::new(what, String::new(), mend);
            view! { <ProblemCard trouble on_retry=bench.again /> }.into_any()
        }
        Surveyed::Ask(_) => ().into_any(),
    }
}

/// Puts everything into the Safe batch, in its order.
fn into_batch(bench: Bench, outline: &Outline) {
    let (cart, toasts) = (use_batch(), use_toasts());
    let Some(deployment) = bench.center.deployment.get_untracked() else { return };
    let mut nonce = outline.nonce;
    for order in outline.orders() {
        let around = Circumstances {
            chain_id: deployment.chain_id,
            nonce,
            deadline: browser_time().unix_seconds().saturating_add(GOOD_FOR),
            delay: outline.delay,
            salt: order.salt,
        };
        nonce = nonce.saturating_add(alloy_primitives::U256::from(1));
        cart.add(Intent::new(order.lever.clone(), &deployment.contracts, around));
    }
    toasts.say(Tone::Ok, "The whole plan is in the Safe batch, in its order.");
}
