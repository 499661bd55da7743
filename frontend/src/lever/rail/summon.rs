//! Summon Validator: calls a member of the guild in with an expiring read token, and follows what became of it.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::SummonsView;
use phase8_shared::chain::Lever;
use phase8_shared::chain::field::{duration_words, moment_words};

use crate::format;
use crate::lever::panel::{LeverPanel, lead_to};
use crate::lever::place::Place;
use crate::lever::rail::MissionLevers;
use crate::lever::rail::view_model::SummonsStage;
use crate::ui::{Button, ButtonKind, CopyText, Field, Glyph, StatusPill, Tone};

/// How long a read token may be good, in seconds.
const TERMS: [u64; 4] = [3_600, 6 * 3_600, 86_400, 7 * 86_400];

/// The lever with its choices and the summonses so far.
#[component]
pub(super) fn SummonLever(levers: MissionLevers) -> impl IntoView {
    let desk = levers.desk;
    let mission = levers.live.id().key();
    let whom = RwSignal::new(None::<Address>);
    let term = RwSignal::new(TERMS.get(2).copied().unwrap_or(86_400));
    // The end is fixed when it is chosen, so that the bytes stay the same from look to click.
    let expiry = Memo::new(move |_| {
        whom.track();
        untrack(|| desk.governance.chain_now().get()).saturating_add(term.get())
    });
    let summonses = Memo::new(move |_| {
        desk.governance.known().with(|view| {
            let all = view.iter().flat_map(|view| &view.summonses);
            all.filter(|one| one.mission == mission).cloned().collect::<Vec<_>>()
        })
    });
    let standing = move |account: Address| {
        let now = untrack(|| desk.governance.chain_now().get());
        summonses.with(|all| {
            all.iter().any(|one| one.validator == account && SummonsStage::of(one, now).stands())
        })
    };
    let guild = Memo::new(move |_| levers.known().map(|it| it.guild).unwrap_or_default());
    let lever = Memo::new(move |_| {
        let validator = whom.get().filter(|account| !standing(*account))?;
        levers.known()?;
        Some(Lever::Summon { mission, validator, expiry: expiry.get() })
    });
    let idle = Signal::derive(move || match whom.get() {
        None => Some("Choose a member of the guild to call in.".to_owned()),
        Some(account) if standing(account) => {
            Some("That validator is called in already.".to_owned())
        }
        Some(_) => None,
    });
    let place = Place::of("lever-summon", levers.live.id());
    let row_place = StoredValue::new(place.clone());
    let members = move || {
        let members = guild.get().into_iter().map(|account| {
            view! { <option value=account.to_string()>{format::short_address(&account)}</option> }
        });
        members.collect_view()
    };
    view! {
        <LeverPanel place lever live=levers.live title="Summon Validator" glyph=Glyph::Info idle>
            <div class="lever__pair">
                <Field id="summon-validator" label="Member of the guild">
                    <select
                        class="input"
                        id="summon-validator"
                        data-testid="summon-validator"
                        aria-describedby="summon-validator-note"
                        on:change=move |event| whom.set(event_target_value(&event).parse().ok())
                    >
                        <option value="">"Choose…"</option>
                        {members}
                    </select>
                </Field>
                <Field id="summon-term" label="May read for">
                    <select
                        class="input"
                        id="summon-term"
                        data-testid="summon-term"
                        aria-describedby="summon-term-note"
                        on:change=move |event| {
                            if let Ok(seconds) = event_target_value(&event).parse() {
                                term.set(seconds);
                            }
                        }
                    >
                        {TERMS
                            .map(|seconds| {
                                view! {
                                    <option value=seconds.to_string() selected=seconds == 86_400>
                                        {duration_words(seconds)}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </Field>
            </div>
            <ul class="summonses" data-testid="summonses">
                <For each=move || summonses.get() key=|one| (one.token, one.delivered_at, one.acknowledged.is_some(), one.revoked.is_some()) let:summons>
                    <SummonsRow levers summons place=row_place />
                </For>
            </ul>
        </LeverPanel>
    }
}

/// One summons: whom, how far, until when, and the way to take it back.
#[component]
fn SummonsRow(
    levers: MissionLevers,
    summons: SummonsView,
    place: StoredValue<Place>,
) -> impl IntoView {
    let desk = levers.desk;
    let shown = summons.clone();
    let stage = Memo::new(move |_| SummonsStage::of(&shown, desk.governance.chain_now().get()));
    let tone = Signal::derive(move || match stage.get() {
        SummonsStage::Issued => Tone::Wait,
        SummonsStage::Delivered => Tone::Work,
        SummonsStage::Acknowledged => Tone::Ok,
        SummonsStage::Expired | SummonsStage::Revoked => Tone::Off,
    });
    let label = Signal::derive(move || stage.get().as_str().to_owned());
    let revoke = Lever::RevokeSummons {
        token: summons.token,
        mission: summons.mission,
        validator: summons.validator,
        expiry: summons.expiry,
    };
    let press = Callback::new(move |()| {
        let place = place.get_value();
        desk.propose(&place, revoke.clone());
        lead_to(&place);
    });
    view! {
        <li class="summonses__row" data-testid="summons" data-stage=move || stage.get().as_str()>
            <CopyText text=summons.validator.to_string() label="validator" />
            <StatusPill tone label />
            <span class="summonses__until">{format!("until {}", moment_words(summons.expiry))}</span>
            <Show when=move || stage.get().stands()>
                <Button kind=ButtonKind::Quiet on_press=press testid="summons-revoke">"Revoke"</Button>
            </Show>
        </li>
    }
}
