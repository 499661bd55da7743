//! The Budget Cap lever: a slider and a number, and one proposal when either is let go.

use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::mission::Lifecycle;
use phase8_shared::money::{MicroUsd, ParseAmountError};

use crate::lever::Levers;
use crate::lever::card::FlipView;
use crate::lever::flip::{Engine, Slot};
use crate::lever::words::cap_warning;
use crate::ui::{Field, Glyph, Icon, Skeleton};

/// Micro-dollars in a cent, the unit of the slider.
const CENT: u64 = 10_000;

/// How far the slider goes and in which steps, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scale {
    /// Its right end.
    pub(crate) max: u64,
    /// One step.
    pub(crate) step: u64,
}

impl Scale {
    /// A slider on which the cap stands in the middle, with round steps.
    pub(crate) fn around(cap: MicroUsd) -> Self {
        let wanted = (cap.get() / CENT).saturating_mul(2).max(1_000);
        let mut step = 1_u64;
        // Steps of 1, 5, 10, 50, 100 … cents, at most some hundred of them.
        for factor in [5, 2].into_iter().cycle() {
            if wanted / step <= 400 {
                break;
            }
            step = step.saturating_mul(factor);
        }
        Self { max: wanted.div_ceil(step).saturating_mul(step), step }
    }
}

/// A cap as the slider has it.
pub(crate) fn cents(cap: MicroUsd) -> u64 {
    cap.get() / CENT
}

/// The slider's place as an amount.
pub(crate) fn from_cents(text: &str) -> Option<MicroUsd> {
    text.parse::<u64>().ok().and_then(|cents| cents.checked_mul(CENT)).map(MicroUsd::new)
}

/// Reads what was typed: `1200`, `$1,200.50`.
pub(crate) fn parse(text: &str) -> Result<MicroUsd, ParseAmountError> {
    let bare: String = text.chars().filter(|letter| !matches!(letter, '$' | ',' | ' ')).collect();
    MicroUsd::from_usd_decimal(&bare)
}

/// The amount as it is typed: `1200.50`.
pub(crate) fn plain(cap: MicroUsd) -> String {
    cap.to_string().replace(['$', ','], "")
}

/// The lever.
#[component]
pub(crate) fn CapLever(
    /// The levers it belongs to.
    levers: Levers,
    /// Spent and held back.
    #[prop(into)]
    committed: Signal<MicroUsd>,
) -> impl IntoView {
    let known =
        Memo::new(move |_| levers.readings().and_then(Result::ok).map(|readings| readings.cap));
    let ledger = Memo::new(move |_| {
        levers.around().live.state().with(|state| state.as_ref().map(|state| state.budget.cap))
    });
    let unfunded = Memo::new(move |_| {
        levers.around().live.state().with(|state| {
            state.as_ref().is_some_and(|state| state.lifecycle == Lifecycle::AwaitingFunding)
        })
    });
    let flip = levers.flip(Slot::BudgetCap);
    // Offered with the cap as it is now, and only while chain and ledger say the same of it: one of them is stale else.
    let lever = Memo::new(move |_| {
        let now = known
            .get()
            .filter(|known| levers.engine() == Engine::Stopped || Some(*known) == ledger.get())?;
        let proposed = flip.with(|flip| {
            flip.as_ref()
                .filter(|flip| flip.is_proposal() || flip.is_asking())
                .map(|flip| flip.lever)
        })?;
        match proposed {
            Lever::BudgetCap { mission, new, .. } => Some(Lever::BudgetCap { mission, now, new }),
            Lever::PauseFleet | Lever::ResumeFleet | Lever::TripwirePause => None,
        }
    });
    let face =
        Memo::new(move |_| if unfunded.get() { None } else { Some(known.with(Option::is_some)) });
    let now = Signal::derive(move || known.get().unwrap_or_default());
    view! {
        <section class="lever" id=Slot::BudgetCap.id() data-testid=Slot::BudgetCap.id() aria-label="Budget Cap">
            <h3 class="lever__title">
                <Icon glyph=Glyph::Wallet />
                "Budget Cap"
            </h3>
            {move || match face.get() {
                None => view! { <p class="lever__reason">"The cap can be moved once the escrow is funded."</p> }.into_any(),
                Some(false) => view! { <Skeleton lines=2 label="Reading the cap from the chain" /> }.into_any(),
                Some(true) => view! { <CapForm levers committed now /> }.into_any(),
            }}
            <FlipView levers place=Slot::BudgetCap lever />
        </section>
    }
}

/// Slider and number for a cap that stands at `now`.
#[component]
fn CapForm(levers: Levers, committed: Signal<MicroUsd>, now: Signal<MicroUsd>) -> impl IntoView {
    let mission = levers.mission().key();
    let flip = levers.flip(Slot::BudgetCap);
    let proposed = Memo::new(move |_| {
        flip.with(|flip| {
            match flip.as_ref().filter(|flip| !flip.has_failed()).map(|flip| flip.lever) {
                Some(Lever::BudgetCap { new, .. }) => Some(new),
                Some(Lever::PauseFleet | Lever::ResumeFleet | Lever::TripwirePause) | None => None,
            }
        })
    });
    let text =
        RwSignal::new(plain(proposed.get_untracked().unwrap_or_else(|| now.get_untracked())));
    let value = Memo::new(move |_| text.with(|text| parse(text)));
    let busy = move || flip.with(|flip| flip.as_ref().is_some_and(|flip| levers.is_busy(flip)));
    let scale = Memo::new(move |_| Scale::around(now.get()));
    let error = Signal::derive(move || value.get().err().map(|error| error.to_string()));
    let hint = Signal::derive(move || {
        let warning = value.get().ok().and_then(|new| cap_warning(new, committed.get()));
        warning.unwrap_or_else(|| {
            format!("Now {}. Let go to propose; nothing is sent before you sign.", now.get())
        })
    });
    let propose = move || match value.get_untracked() {
        Ok(new) if new != now.get_untracked() => {
            levers.propose(Lever::BudgetCap { mission, now: now.get_untracked(), new });
        }
        Ok(_) => levers.withdraw(Slot::BudgetCap),
        Err(_) => {}
    };
    // Touches the input: a proposal that is made or withdrawn elsewhere, as by Undo, sets its number; so does a cap that
    // somebody else moved, unless a number was typed.
    Effect::new(move |earlier: Option<(Option<MicroUsd>, MicroUsd)>| {
        let (current, now) = (proposed.get(), now.get());
        if let Some((before, was)) = earlier {
            let untouched = value.get_untracked() == Ok(was);
            if before != current || (was != now && untouched) {
                text.set(plain(current.unwrap_or(now)));
            }
        }
        (current, now)
    });
    view! {
        <Field id="cap-input" label="New cap in US dollars" hint error>
            <div class="cap">
                <input
                    class="cap__slider"
                    type="range"
                    min="0"
                    max=move || scale.get().max.to_string()
                    step=move || scale.get().step.to_string()
                    aria-label="New cap, as a slider"
                    aria-valuetext=move || value.get().map(|value| value.to_string()).unwrap_or_default()
                    disabled=busy
                    prop:value=move || value.get().map_or_else(|_| cents(now.get()), cents).to_string()
                    on:input=move |event| {
                        if let Some(new) = from_cents(&event_target_value(&event)) {
                            text.set(plain(new));
                        }
                    }
                    on:change=move |_| propose()
                />
                <input
                    class="input cap__number"
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    id="cap-input"
                    aria-describedby="cap-input-note"
                    data-testid="cap-input"
                    disabled=busy
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:change=move |_| propose()
                />
            </div>
        </Field>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slider_has_round_steps_and_the_cap_in_its_middle() {
        for (usd, max) in [("2", 1_000), ("1200", 240_000), ("37.77", 7_554)] {
            let scale = Scale::around(MicroUsd::from_usd_decimal(usd).unwrap());
            assert!(scale.max >= max, "{usd}: {scale:?}");
            assert!(scale.max / scale.step <= 401, "{usd}: {scale:?}");
            assert_eq!(scale.max % scale.step, 0, "{usd}");
        }
    }

    #[test]
    fn a_typed_amount_may_carry_sign_and_commas() {
        assert_eq!(parse("$1,200.50"), Ok(MicroUsd::new(1_200_500_000)));
        assert_eq!(parse("-1"), Err(ParseAmountError::NotDecimal));
        assert_eq!(plain(MicroUsd::new(1_200_500_000)), "1200.50");
    }

    #[test]
    fn the_slider_keeps_whole_cents() {
        assert_eq!(from_cents("12050"), Some(MicroUsd::new(120_500_000)));
        assert_eq!(cents(MicroUsd::new(120_500_000)), 12_050);
        assert_eq!(from_cents("x"), None);
    }
}
