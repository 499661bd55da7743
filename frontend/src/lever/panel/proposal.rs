//! What stands before a signature: words first, then what the endpoints say, then the ways to sign.

use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::chain::words::{LeverWords, lever_words};

use crate::api::ClientError;
use crate::lever::check::{Checked, Draft};
use crate::lever::desk::{draw_salt, use_desk};
use crate::lever::flip::{Flip, Progress};
use crate::lever::panel::PanelView;
use crate::lever::panel::bytes::BytesView;
use crate::lever::panel::checks::ChecksView;
use crate::lever::panel::exits::ExitsView;
use crate::ui::{Glyph, Icon, Tone};

/// Seconds after which a check is made anew while nothing happens.
const CHECK_SECONDS: u64 = 30;

/// What the check came to, if there is one for the account that is connected.
pub(super) type Shown = Memo<Option<Result<Checked, ClientError>>>;

/// What was looked at: the draft, and what the check of it came to.
#[derive(Clone, Copy)]
pub(super) struct Looked {
    pub(super) draft: StoredValue<Draft>,
    pub(super) shown: Shown,
}

/// What stands before the signature.
#[component]
pub(super) fn Proposal(
    /// The panel that it belongs to.
    view: PanelView,
    /// What is proposed.
    lever: Lever,
) -> impl IntoView {
    let desk = use_desk();
    let draft = StoredValue::new(Draft::new(lever.clone(), view.salt.unwrap_or_else(draw_salt)));
    let delay = Memo::new(move |_| desk.delay());
    let words = Memo::new(move |_| {
        let mut words = lever_words(&lever, delay.get().unwrap_or_default(), &desk.names());
        if delay.get().is_none() && lever.is_delayed() {
            "After the timelock's delay, which is being read.".clone_into(&mut words.effect);
        }
        words
    });
    let age = Memo::new(move |_| desk.governance.chain_now().get() / CHECK_SECONDS);
    let settled = Memo::new(move |_| desk.settled());
    let checking = LocalResource::new(move || {
        let (account, known) = (desk.account.get(), desk.deployment.with(Option::is_some));
        age.track();
        settled.track();
        async move {
            if !known {
                return None;
            }
            let draft_now = draft.try_get_value()?;
            let mut checked = desk.check(draft_now, account).await;
            if let Ok(checked) = &mut checked {
                draft.try_set_value(checked.draft.clone());
                desk.look_ahead(checked).await;
            }
            Some((account, checked))
        }
    });
    let shown: Shown = Memo::new(move |_| {
        let (account, checked) = checking.get().flatten()?;
        (account == desk.account.get()).then_some(checked)
    });
    let again = Callback::new(move |()| checking.refetch());
    let flip = view.flip;
    let trouble = Memo::new(move |_| {
        flip.with(|flip| match flip.as_ref().map(|flip| &flip.progress) {
            Some(Progress::Proposed { trouble }) => trouble.clone(),
            _ => None,
        })
    });
    let asking = Memo::new(move |_| flip.with(|flip| flip.as_ref().is_some_and(Flip::is_asking)));
    view! {
        {move || view! { <WordsView words=words.get() /> }}
        <ChecksView shown again />
        <BytesView shown />
        {move || {
            trouble
                .get()
                .map(|(what, mend)| {
                    view! {
                        <p class="lever__trouble tone--bad" role="alert" data-testid="lever-trouble">
                            <Icon glyph=Glyph::from(Tone::Bad) />
                            <span>
                                <strong>{what}"."</strong>
                                " "
                                {mend}
                            </span>
                        </p>
                    }
                })
        }}
        <ExitsView view looked=Looked { draft, shown } asking />
    }
    .into_any()
}

/// Who may sign, in words: the owner may brake as well.
fn signers(role: &str) -> String {
    if role == "owner" { "the owner".to_owned() } else { format!("the {role}, or the owner") }
}

/// Now → new, when it takes effect, and what undoes it.
#[component]
fn WordsView(words: LeverWords) -> impl IntoView {
    let LeverWords { now, new, changes, effect, undo, signer, .. } = words;
    let changes = changes.into_iter().map(|change| {
        let none = || "–".to_owned();
        view! {
            <li>
                <span class="lever__field">{change.label}</span>
                " "
                <span class="lever__now">{change.now.unwrap_or_else(none)}</span>
                " → "
                <strong>{change.new.unwrap_or_else(none)}</strong>
            </li>
        }
    });
    let changes: Vec<_> = changes.collect();
    view! {
        <p class="lever__change">
            <span class="lever__now">{format!("Now {now}")}</span>
            <span class="lever__new">
                <Icon glyph=Glyph::Arrow />
                <strong>{new}</strong>
            </span>
        </p>
        {(changes.len() > 1).then(|| view! { <ul class="lever__fields">{changes}</ul> })}
        <dl class="lever__terms">
            <dt>"Signed by"</dt>
            <dd>{signers(signer)}</dd>
            <dt>"Takes effect"</dt>
            <dd data-testid="lever-effect">{effect}</dd>
            <dt>"Undone by"</dt>
            <dd>{undo}</dd>
        </dl>
    }
    .into_any()
}
