//! One approval: in words what is signed, what this browser checked of it, and the button.

use alloy_primitives::{Address, B256};
use leptos::prelude::*;
use phase8_shared::api::ApproveMilestone;
use phase8_shared::chain::{ApprovalRequest, typed_data_json};
use phase8_shared::id::MilestoneIndex;

use super::Desk;
use super::view_model::{ContentCheck, RootCheck, Standing, Waiting, standing_words};
use crate::api::{self, use_system_handle};
use crate::format;
use crate::pages::mission::deliverable::{OpenDeliverable, fetch};
use crate::ui::{Button, ButtonKind, CopyText, Disclosure, Glyph, Icon, Tone};
use crate::wallet::{WalletError, use_wallet};

/// A milestone that waits for validators.
#[component]
pub(crate) fn ApprovalCard(
    /// Its surroundings.
    desk: Desk,
    /// Which milestone.
    milestone: MilestoneIndex,
) -> impl IntoView {
    let wallet = use_wallet();
    let deployment = use_system_handle().deployment();
    let waiting = Memo::new(move |_| desk.waiting(milestone));
    let account = wallet.account();
    let standing = Memo::new(move |_| {
        let account = account.get();
        waiting.with(|waiting| waiting.as_ref().map(|waiting| desk.standing(waiting, account)))
    });
    let may_sign = Memo::new(move |_| standing.get() == Some(Standing::MaySign));
    let request = Memo::new(move |_| {
        let deployment = deployment.get()?;
        desk.state.with(|state| {
            waiting.with(|waiting| waiting.as_ref().map(|it| it.request(&deployment, state)))
        })
    });
    let commitment = Memo::new(move |_| {
        waiting.with(|waiting| waiting.as_ref().map(|waiting| waiting.deliverable))
    });
    let mission = desk.live.id();
    let content = LocalResource::new(move || {
        let commitment = may_sign.get().then(|| commitment.get()).flatten();
        async move { Some(fetch(mission, commitment?).await.map(|(_, check)| check)) }
    });
    let content_ok =
        Memo::new(move |_| matches!(content.get().flatten(), Some(Ok(ContentCheck::Opens))));
    let root_ok = Memo::new(move |_| {
        waiting.with(|it| it.as_ref().is_some_and(|it| it.root == RootCheck::Equal))
    });
    let approve = Action::new_local(move |(): &()| async move {
        let asked =
            request.try_get_untracked().flatten().zip(account.try_get_untracked().flatten());
        let Some((request, validator)) = asked else {
            return Err(WalletError::NotConnected.words());
        };
        let signature = wallet
            .sign_typed_data(&typed_data_json(&request))
            .await
            .map_err(|error| error.words())?;
        let approval = ApproveMilestone { validator, deadline: request.deadline, signature };
        api::approve(mission, milestone, &approval)
            .await
            .map_err(|error| WalletError::from(error).words())?;
        Ok::<Address, (String, String)>(validator)
    });
    let press = Callback::new(move |()| {
        approve.dispatch_local(());
    });
    let blocked =
        Signal::derive(move || !content_ok.get() || !root_ok.get() || request.get().is_none());
    let failed = move || approve.value().get().and_then(Result::err);
    let sent = Memo::new(move |_| {
        may_sign.get()
            && approve
                .value()
                .get()
                .and_then(Result::ok)
                .is_some_and(|by| Some(by) == account.get())
    });
    view! {
        <article class="approval" data-testid="approval" data-milestone=milestone.to_string()>
            {move || waiting.get().map(|waiting| view! { <Terms desk waiting may_sign /> })}
            <Show when=move || may_sign.get()>
                <ul class="lever__checks" aria-label="Checks before signing">
                    <li>{move || content_line(content.get().flatten())}</li>
                    <li>{move || waiting.get().map(|waiting| root_line(waiting.root, waiting.tree.size))}</li>
                </ul>
                {move || request.get().map(|request| view! { <Digests request /> })}
            </Show>
            {move || {
                standing
                    .get()
                    .filter(|standing| matches!(standing, Standing::Signed | Standing::Expired))
                    .as_ref()
                    .and_then(standing_words)
                    .map(|words| view! { <p class="approval__standing"><Icon glyph=Glyph::Info />{words}</p> })
            }}
            {move || failed().map(|(what, mend)| view! {
                <p class="lever__trouble tone--bad" role="alert">
                    <Icon glyph=Glyph::from(Tone::Bad) />
                    <span><strong>{what}"."</strong>" "{mend}</span>
                </p>
            })}
            <Show when=move || sent.get()>
                <p class="approval__standing" role="status">"Signed and handed in. Waiting for the ledger to record it."</p>
            </Show>
            <div class="flip__actions">
                <Show when=move || may_sign.get() && !sent.get()>
                    <Button kind=ButtonKind::Primary on_press=press disabled=blocked busy=approve.pending() testid="approve">
                        <Icon glyph=Glyph::Sign />
                        "Approve"
                    </Button>
                </Show>
                {move || waiting.get().map(|it| view! { <OpenDeliverable reader=desk.reader commitment=it.deliverable title=it.name /> })}
            </div>
        </article>
    }
}

/// What is signed, in words: in full for who may sign it, in short for everybody else.
#[component]
fn Terms(desk: Desk, waiting: Waiting, may_sign: Memo<bool>) -> impl IntoView {
    let operator = desk.state.with_untracked(|state| state.created.operator);
    let (name, need) = (waiting.name.clone(), waiting.need());
    let (payout, deliverable, tree, expires_at) =
        (waiting.payout, waiting.deliverable, waiting.tree, waiting.expires_at);
    let seats = move || {
        let guild = desk.guild()?;
        let open = waiting.open_seats(&guild, operator);
        Some(
            open.into_iter()
                .map(|seat: Address| view! { <CopyText text=seat.to_string() label="validator" /> })
                .collect_view(),
        )
    };
    let facts = move || {
        view! {
            <dt>"Mission"</dt>
            <dd><CopyText text=desk.live.id().to_string() label="mission id" /></dd>
            <dt>"Deliverable"</dt>
            <dd><CopyText text=deliverable.to_string() label="commitment" /></dd>
            <dt>"Ledger"</dt>
            <dd>{format!("{} events, root ", tree.size)}<CopyText text=tree.root.to_string() label="ledger root" /></dd>
            <dt>"Void after"</dt>
            <dd><time datetime=expires_at.to_string()>{expires_at.to_string()}</time></dd>
        }
    };
    view! {
        <h3 class="approval__title">{format!("{name}: release {payout} to the agents")}</h3>
        <p class="approval__need">{need}</p>
        <dl class="facts">
            <Show when=move || may_sign.get()>{facts}</Show>
            <dt>"Who may sign"</dt>
            <dd class="approval__seats">{seats}</dd>
        </dl>
    }
}

/// The hashes that a hardware wallet shows.
#[component]
fn Digests(request: ApprovalRequest) -> impl IntoView {
    let rows: [(&str, B256); 2] =
        [("Domain", request.domain().separator()), ("Digest", request.digest())];
    view! {
        <Disclosure summary="Hashes to compare on a hardware wallet">
            <dl class="facts facts--stacked">
                {rows
                    .map(|(name, hash)| view! {
                        <dt>{name}</dt>
                        <dd class="mono"><CopyText text=hash.to_string() label=name.to_lowercase() shown=hash.to_string() /></dd>
                    })
                    .collect_view()}
                <dt>"Milestone"</dt>
                <dd class="mono">{request.milestone.to_string()}</dd>
                <dt>"Deadline, Unix seconds"</dt>
                <dd class="mono">{request.deadline.to_string()}</dd>
                <dt>"Escrow"</dt>
                <dd class="mono">{format::short_address(&request.escrow)}</dd>
            </dl>
        </Disclosure>
    }
}

fn content_line(check: Option<Result<ContentCheck, api::ClientError>>) -> impl IntoView {
    match check {
        None => line(Tone::Work, "Fetching the deliverable to verify it…".to_owned()),
        Some(Ok(ContentCheck::Opens)) => line(
            Tone::Ok,
            "The deliverable was fetched, and opens exactly this commitment.".to_owned(),
        ),
        Some(Ok(ContentCheck::Differs)) => line(
            Tone::Bad,
            "The server's content does not open this commitment. It is not signed.".to_owned(),
        ),
        Some(Err(error)) => line(
            Tone::Unknown,
            format!("The deliverable cannot be verified: {error}. It is not signed unread."),
        ),
    }
}

fn root_line(root: RootCheck, size: u64) -> impl IntoView {
    match root {
        RootCheck::Equal => line(
            Tone::Ok,
            format!("The ledger's root was recomputed here from its first {size} events: equal."),
        ),
        RootCheck::Differs => line(
            Tone::Bad,
            format!(
                "The first {size} events here have another root than the request. It is not signed."
            ),
        ),
        RootCheck::Unknown => {
            line(Tone::Unknown, format!("Not all of the first {size} events are here yet."))
        }
    }
}

fn line(tone: Tone, words: String) -> impl IntoView {
    view! {
        <span class=format!("lever__check tone--{}", tone.as_str())>
            <Icon glyph=Glyph::from(tone) />
            <span>{words}</span>
        </span>
    }
}
