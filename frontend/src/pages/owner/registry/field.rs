//! One field of a form: label, unit, what it reads as, what it holds now, and what is wrong with it.

use leptos::prelude::*;
use phase8_shared::chain::decode::signature::Leaf;
use phase8_shared::chain::field::Names;
use phase8_shared::chain::manager::{Choice, Form, Input, Shape};

use super::form::Sheet;
use super::view_model::{self, Now, error_of, holds, toggled};
use crate::pages::owner::center::use_center;
use crate::ui::{Glyph, Icon};

/// The field.
#[component]
pub(super) fn FieldView(
    /// The form that it belongs to.
    sheet: Sheet,
    /// Its name in the call.
    name: &'static str,
) -> impl IntoView {
    let registry = use_center().registry.value();
    let input = move || sheet.form.with(|form| form.as_ref().and_then(|form| find(form, name)));
    let input = Memo::new(move |_| input());
    let Some(first) = input.get_untracked() else { return ().into_any() };
    let id = format!("{}-{name}", sheet.prefix);
    let note = format!("{id}-note");
    let touched = move || sheet.asked.get() || sheet.edits.with(|edits| edits.contains_key(name));
    let error = Memo::new(move |_| {
        sheet.errors.with(|errors| error_of(errors, name)).filter(|_| touched())
    });
    let now = Memo::new(move |_| {
        registry.with(|it| view_model::now(sheet.act.function, name, it.as_ref()?, sheet.about))
    });
    let change = Memo::new(move |_| {
        registry.with(|registry| {
            let names = registry.as_ref().map(|it| it.names(Names::default())).unwrap_or_default();
            input.with(|input| Change::of(now.get(), input.as_ref()?, &names))
        })
    });
    let hint = first.unit.hint();
    let control = control(sheet, name, &id, &note, &first, input, error);
    let is_group = matches!(first.shape, Shape::Domains);
    let label = first.label;
    let unit = (!hint.is_empty()).then(|| view! { <span class="field__unit">{hint}</span> });
    let head = if is_group {
        view! { <span class="field__label" id=format!("{id}-label")>{label} {unit}</span> }
            .into_any()
    } else {
        view! { <label class="field__label" for=id>{label} {unit}</label> }.into_any()
    };
    let said = move || match (error.get(), change.get()) {
        (Some(error), _) => view! {
            <span class="field__error">
                <Icon glyph=Glyph::Cross />
                {error}
            </span>
        }
        .into_any(),
        (None, Some(Change::To { now, new })) => view! {
            <span class="field__hint change" data-changed="true">
                <span class="change__now">{now}</span>
                " → "
                <span class="change__new">{new}</span>
            </span>
        }
        .into_any(),
        (None, Some(Change::Kept(words))) => {
            view! { <span class="field__hint">{words} "as it is now"</span> }.into_any()
        }
        (None, Some(Change::Fresh(words))) => {
            view! { <span class="field__hint">{words}</span> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    view! {
        <div class="field" class:field--wrong=move || error.with(Option::is_some) data-field=name>
            {head}
            {control}
            <p class="field__note" id=note aria-live="polite">{said}</p>
        </div>
    }
    .into_any()
}

/// What a field would change.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// Nothing.
    Kept(String),
    /// From what it is now.
    To { now: String, new: String },
    /// There is nothing yet.
    Fresh(String),
}

impl Change {
    fn of(now: Option<Now>, input: &Input, names: &Names) -> Option<Self> {
        let new = view_model::words(input, names);
        Some(match now {
            Some(now) if now.is_kept_by(input) => {
                let reading = input.reading(names);
                Self::Kept(reading.map_or_else(String::new, |words| format!("{words}, ")))
            }
            Some(now) => Self::To { now: now.words, new },
            None => Self::Fresh(input.reading(names)?),
        })
    }
}

fn find(form: &Form, name: &str) -> Option<Input> {
    form.inputs.iter().find(|input| input.name == name).cloned()
}

fn control(
    sheet: Sheet,
    name: &'static str,
    id: &str,
    note: &str,
    first: &Input,
    input: Memo<Option<Input>>,
    error: Memo<Option<String>>,
) -> AnyView {
    let text = move || {
        input.with(|input| input.as_ref().map(|input| input.text.clone())).unwrap_or_default()
    };
    let write = move |text: String| {
        sheet.edits.update(|edits| {
            edits.insert(name, text);
        });
    };
    let (id, note) = (id.to_owned(), note.to_owned());
    let truth =
        |value: &str| Choice { value: value.to_owned(), label: view_model::truth(first, value) };
    let choices = match first.shape {
        Shape::Domains => return domains(sheet, name, &id, &note, &first.choices, input),
        Shape::One(Leaf::Bool) => vec![truth("true"), truth("false")],
        Shape::One(_) => first.choices.clone(),
    };
    if choices.is_empty() {
        let mono =
            matches!(first.shape, Shape::One(Leaf::Address | Leaf::Bytes | Leaf::FixedBytes(_)));
        let numeric = matches!(first.shape, Shape::One(Leaf::Uint(_) | Leaf::Int(_)));
        return view! {
            <input
                class="input"
                class:mono=mono
                id=id
                name=name
                type="text"
                inputmode=numeric.then_some("numeric")
                autocomplete="off"
                spellcheck="false"
                aria-describedby=note
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                data-testid=format!("field-{name}")
                prop:value=text
                on:input=move |event| write(event_target_value(&event))
            />
        }
        .into_any();
    }
    let options = choices.into_iter().map(|choice| {
        let value = choice.value.clone();
        let selected = move || text() == value;
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    });
    view! {
        <select
            class="input"
            id=id
            name=name
            aria-describedby=note
            data-testid=format!("field-{name}")
            prop:value=text
            on:change=move |event| write(event_target_value(&event))
        >
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// Domains to tick; none ticked means every domain.
fn domains(
    sheet: Sheet,
    name: &'static str,
    id: &str,
    note: &str,
    choices: &[Choice],
    input: Memo<Option<Input>>,
) -> AnyView {
    if choices.is_empty() {
        return view! { <p class="note" id=id.to_owned()>"No domain is registered, so it is bound to every domain."</p> }
            .into_any();
    }
    let text = move || {
        input.with(|input| input.as_ref().map(|input| input.text.clone())).unwrap_or_default()
    };
    let boxes = choices.iter().cloned().map(|choice| {
        let (value, other) = (choice.value.clone(), choice.value.clone());
        let tick = move |event: web_sys::Event| {
            let text = toggled(&text(), &value, event_target_checked(&event));
            sheet.edits.update(|edits| {
                edits.insert(name, text);
            });
        };
        view! {
            <label class="tick">
                <input type="checkbox" data-value=choice.value prop:checked=move || holds(&text(), &other) on:change=tick />
                {choice.label}
            </label>
        }
    });
    view! {
        <div class="ticks" role="group" id=id.to_owned() tabindex="-1" aria-labelledby=format!("{id}-label") aria-describedby=note.to_owned() data-testid=format!("field-{name}")>
            {boxes.collect_view()}
        </div>
    }
    .into_any()
}
