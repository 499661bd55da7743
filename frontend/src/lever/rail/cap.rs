//! The Budget Cap lever: a slider and a number, and one proposal when either is let go.

use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::mission::Lifecycle;
use phase8_shared::money::{MicroUsd, ParseAmountError};

use crate::format;
use crate::lever::panel::LeverPanel;
use crate::lever::place::Place;
use crate::lever::rail::MissionLevers;
use crate::lever::rail::view_model::cap_warning;
use crate::ui::{Field, Glyph, Skeleton};

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
pub(super) fn CapLever(
    /// The levers it belongs to.
    levers: MissionLevers,
    /// Spent and held back.
    committed: Signal<MicroUsd>,
) -> impl IntoView {
    let mission = levers.live.id();
    let now = Memo::new(move |_| levers.known().map(|readings| readings.cap));
    let unfunded = Memo::new(move |_| {
        levers.live.state().with(|state| {
            state.as_ref().is_some_and(|state| state.lifecycle == Lifecycle::AwaitingFunding)
        })
    });
    // What was let go of last, slider or number; `None` while it is the cap as it stands.
    let chosen = RwSignal::new(None::<MicroUsd>);
    let lever = Memo::new(move |_| {
        let (now, new) = (now.get()?, chosen.get()?);
        (new != now && !unfunded.get()).then_some(Lever::BudgetCap {
            mission: mission.key(),
            now,
            new,
        })
    });
    let idle = Signal::derive(move || {
        unfunded.get().then(|| "The cap can be moved once the escrow is funded.".to_owned())
    });
    let face =
        Memo::new(move |_| if unfunded.get() { None } else { Some(now.with(Option::is_some)) });
    let shown = Signal::derive(move || now.get().unwrap_or_default());
    let place = Place::of("lever-budget-cap", mission);
    view! {
        <LeverPanel place lever live=levers.live title="Budget Cap" glyph=Glyph::Wallet idle>
            {move || match face.get() {
                None => ().into_any(),
                Some(false) => view! { <Skeleton lines=2 label="Reading the cap from the chain" /> }.into_any(),
                Some(true) => view! { <CapForm committed now=shown chosen /> }.into_any(),
            }}
        </LeverPanel>
    }
}

/// Slider and number for a cap that stands at `now`.
#[component]
fn CapForm(
    committed: Signal<MicroUsd>,
    now: Signal<MicroUsd>,
    chosen: RwSignal<Option<MicroUsd>>,
) -> impl IntoView {
    let text = RwSignal::new(plain(chosen.get_untracked().unwrap_or_else(|| now.get_untracked())));
    let value = Memo::new(move |_| text.with(|text| parse(text)));
    let scale = Memo::new(move |_| Scale::around(now.get().max(committed.get())));
    let error = Signal::derive(move || value.get().err().map(|error| error.to_string()));
    let hint = Signal::derive(move || {
        let warning = value.get().ok().and_then(|new| cap_warning(new, committed.get()));
        warning.unwrap_or_else(|| {
            format!("Now {}. Let go to propose; nothing is sent before you sign.", now.get())
        })
    });
    let let_go = move || {
        if let Ok(new) = value.get_untracked() {
            chosen.set((new != now.get_untracked()).then_some(new));
        }
    };
    // Touches the input: a cap that has moved, by this lever or by somebody else, sets its number, unless another one
    // was typed.
    Effect::new(move |earlier: Option<MicroUsd>| {
        let now = now.get();
        if let Some(was) = earlier.filter(|was| *was != now) {
            let typed = value.get_untracked();
            if typed == Ok(was) || typed == Ok(now) || chosen.get_untracked() == Some(now) {
                text.set(plain(now));
                chosen.set(None);
            }
        }
        now
    });
    let mark = move || format!("{}%", format::percent(cents(committed.get()), scale.get().max));
    view! {
        <Field id="cap-input" label="New cap in US dollars" hint error>
            <div class="cap">
                <div class="cap__scale">
                    <input
                        class="cap__slider"
                        type="range"
                        min="0"
                        max=move || scale.get().max.to_string()
                        step=move || scale.get().step.to_string()
                        aria-label="New cap, as a slider"
                        aria-valuetext=move || value.get().map(|value| value.to_string()).unwrap_or_default()
                        data-testid="cap-slider"
                        prop:value=move || value.get().map_or_else(|_| cents(now.get()), cents).to_string()
                        on:input=move |event| {
                            if let Some(new) = from_cents(&event_target_value(&event)) {
                                text.set(plain(new));
                            }
                        }
                        on:change=move |_| let_go()
                    />
                    <span class="cap__mark" style:inset-inline-start=mark aria-hidden="true"></span>
                </div>
                <input
                    class="input cap__number"
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    id="cap-input"
                    aria-describedby="cap-input-note"
                    data-testid="cap-input"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:change=move |_| let_go()
                />
            </div>
            <p class="cap__committed">{move || format!("{} spent or held back (the mark on the slider)", committed.get())}</p>
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
