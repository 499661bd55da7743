//! The button that carries a plan out, who may press it, and how far it is.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::format::counted;
use phase8_shared::plan::survey::{Outline, Outlined};

use super::run::Run;
use super::{Bench, PLACE};
use crate::format;
use crate::lever::Progress as Far;
use crate::ui::{Button, ButtonKind, Glyph, Icon, ProblemCard, Progress, Trouble};
use crate::wallet::use_wallet;

pub(super) fn view(
    bench: Bench,
    outline: StoredValue<Outline>,
    calls: usize,
    owner: Address,
) -> AnyView {
    let account = bench.center.account;
    let going = Memo::new(move |_| bench.run.with(Run::is_going));
    let begin = Callback::new(move |()| {
        let orders = outline.with_value(|it| it.orders().cloned().collect::<Vec<Outlined>>());
        bench.carry.dispatch_local(orders);
    });
    let hindrance = Memo::new(move |_| {
        let open = bench.center.desk.flips().with(|flips| {
            let own = flips.iter().filter(|(place, _)| place.testid().starts_with(PLACE));
            let mut open = own.filter(|(_, flip)| match flip.progress {
                Far::Asking { .. } | Far::Signed { .. } | Far::Sent { .. } => true,
                Far::Confirmed { .. } => flip.operation.is_none(),
                Far::Proposed { .. } | Far::Read { .. } | Far::Failed { .. } => false,
            });
            open.next().is_some()
        });
        match account.get() {
            None => Some(format!(
                "Connect the owner {} to carry it out.",
                format::short_address(&owner)
            )),
            Some(found) if found != owner => Some(format!(
                "Only the owner {} can carry it out; you are connected as {}.",
                format::short_address(&owner),
                format::short_address(&found)
            )),
            Some(_) if open => {
                Some("A call of the plan is under way: wait until it is in a block.".to_owned())
            }
            Some(_) => None,
        }
    });
    let connect = Callback::new(move |()| use_wallet().open_picker());
    let is_other = Memo::new(move |_| account.get() != Some(owner));
    let button = move || {
        if calls == 0 {
            return ().into_any();
        }
        if going.get() {
            let press = Callback::new(move |()| bench.halt.set(true));
            let stopping = Signal::derive(move || bench.halt.get());
            return view! {
                <Button on_press=press busy=stopping testid="bootstrap-stop">"Stop after this call"</Button>
            }
            .into_any();
        }
        let words = format!("Carry out {}", counted(calls, "call"));
        view! {
            {move || hindrance.get().map(|why| view! { <p class="lever__account" data-testid="bootstrap-hindrance">{why}</p> })}
            <div class="row">
                <Button
                    kind=ButtonKind::Primary
                    on_press=begin
                    disabled=Signal::derive(move || hindrance.with(Option::is_some))
                    testid="bootstrap-run"
                >
                    <Icon glyph=Glyph::Sign />
                    {words.clone()}
                </Button>
                <Show when=move || is_other.get()>
                    <Button on_press=connect testid="bootstrap-connect"><Icon glyph=Glyph::Wallet />"Connect a wallet"</Button>
                </Show>
            </div>
            <p class="note">"Your wallet asks for each call. Each is checked before it asks, and waited for before the next."</p>
        }
        .into_any()
    };
    view! {
        <div class="owner__detail" data-testid="bootstrap-progress">
            {move || far(&bench.run.get())}
            {button}
        </div>
    }
    .into_any()
}

/// How far it is, and why it stopped.
fn far(run: &Run) -> Option<AnyView> {
    let (done, of) = run.far()?;
    let text = format!("{done} of {of}");
    let label = match run {
        Run::Going(at) => at.title.clone(),
        Run::Stopped(at, _) => format!("Stopped at {}", at.title),
        Run::Idle | Run::Done(_) => "Everything was sent".to_owned(),
    };
    let stopped = match run {
        Run::Stopped(at, (what, mend)) => {
            let why = format!("{what}. {}; nothing after {} was sent.", through(done), at.title);
            let trouble = Trouble::new(
                format!("Stopped at call {} of {of}", done.saturating_add(1)),
                why,
                mend.clone(),
            );
            Some(view! { <div data-testid="bootstrap-stopped"><ProblemCard trouble /></div> })
        }
        Run::Idle | Run::Going(_) | Run::Done(_) => None,
    };
    let (value, max) = (done as u64, of as u64);
    Some(view! { <Progress label value max text /> {stopped} }.into_any())
}

fn through(done: usize) -> String {
    match done {
        0 => "Nothing of the plan was sent before it".to_owned(),
        1 => "1 call before it is on the chain and stays".to_owned(),
        _ => format!("{done} calls before it are on the chain and stay"),
    }
}
