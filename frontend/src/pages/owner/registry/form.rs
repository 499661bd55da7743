//! A call of the manager as a form, ending in its lever.

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::chain::manager::{Complaint, EntryKind, FieldError, Form};

use super::acts::Act;
use super::field::FieldView;
use super::view_model::{self, Edits};
use crate::lever::{Place, use_desk};
use crate::pages::owner::center::use_center;
use crate::pages::owner::offered::{bring_up, focus};
use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// What a form's fields share.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    /// What can be done.
    pub(super) act: Act,
    /// The entry that it is about.
    pub(super) about: Option<(EntryKind, B256)>,
    /// The form as it stands; `None` while the registry is not known, or without the entry.
    pub(super) form: Memo<Option<Form>>,
    /// What was typed.
    pub(super) edits: RwSignal<Edits>,
    /// What the manager would refuse.
    pub(super) errors: Memo<Vec<FieldError>>,
    /// Whether every error is to be shown.
    pub(super) asked: RwSignal<bool>,
    /// Tells the fields of one form from another's.
    pub(super) prefix: &'static str,
}

/// The form.
#[component]
pub(super) fn FormView(
    /// What can be done.
    act: Act,
    /// The entry that it is about.
    about: Option<(EntryKind, B256)>,
) -> impl IntoView {
    let (center, desk) = (use_center(), use_desk());
    let registry = center.registry.value();
    let place = StoredValue::new(Place::new(act.place));
    let edits = RwSignal::new(Edits::new());
    let asked = RwSignal::new(false);
    let form = Memo::new(move |_| {
        registry.with(|registry| {
            edits.with(|edits| view_model::form(act.function, registry.as_ref()?, about, edits))
        })
    });
    let errors = Memo::new(move |_| {
        let now = center.governance.chain_now().get_untracked();
        form.with(|form| {
            registry.with(|registry| Some(form.as_ref()?.check(registry.as_ref()?, now)))
        })
        .unwrap_or_default()
    });
    let sheet = Sheet { act, about, form, edits, errors, asked, prefix: act.place };
    let proposed = RwSignal::new(false);
    // Touches the form: once what it registers is there, it is ready for the next.
    Effect::new(move |_| {
        let is_there = errors.with(|errors| {
            errors.iter().any(|error| matches!(error.what, Complaint::Duplicate(_)))
        });
        if is_there && proposed.get_untracked() {
            proposed.set(false);
            asked.set(false);
            edits.set(Edits::new());
        }
    });
    let propose = Callback::new(move |()| {
        asked.set(true);
        let now = center.governance.chain_now().get_untracked();
        let lever = form.with_untracked(|form| {
            registry.with_untracked(|registry| form.as_ref()?.lever(registry.as_ref()?, now).ok())
        });
        match lever {
            Some(lever) => {
                proposed.set(true);
                place.with_value(|place| desk.propose(place, lever));
                center.registry.refresh();
                bring_up(act.place);
            }
            None => focus_first_wrong(sheet),
        }
    });
    let names = form.with_untracked(|form| {
        let inputs = form.iter().flat_map(|form| form.inputs.iter());
        inputs.filter(|input| !input.given).map(|input| input.name).collect::<Vec<_>>()
    });
    let is_plain = names.is_empty();
    let whole = move || errors.with(|errors| view_model::error_of(errors, ""));
    let exists = Memo::new(move |_| form.with(Option::is_some));
    view! {
        <div class="form" data-testid=format!("form-{}", act.function)>
            <Show
                when=move || exists.get()
                fallback=|| view! { <p class="note">"This entry is no longer registered."</p> }
            >
                <div class="form__fields">
                    {names.iter().map(|name| view! { <FieldView sheet name /> }).collect_view()}
                </div>
                {is_plain.then(|| view! { <p class="note">"Retiring removes the entry and its bindings. Undo registers it anew."</p> })}
                {move || whole().filter(|_| asked.get()).map(|why| view! { <p class="field__error">{why}</p> })}
                <div class="row">
                    <Button kind=ButtonKind::Secondary on_press=propose testid="form-propose">
                        <Icon glyph=Glyph::Arrow />
                        "Prepare the lever"
                    </Button>
                    <Show when=move || !edits.with(Edits::is_empty)>
                        <Button
                            kind=ButtonKind::Quiet
                            on_press=Callback::new(move |()| {
                                edits.set(Edits::new());
                                asked.set(false);
                            })
                        >
                            "Reset the form"
                        </Button>
                    </Show>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

fn focus_first_wrong(sheet: Sheet) {
    let wrong = sheet
        .errors
        .with_untracked(|errors| errors.iter().map(|error| error.field).find(|it| !it.is_empty()));
    if let Some(name) = wrong {
        focus(&format!("{}-{name}", sheet.prefix));
    }
}
