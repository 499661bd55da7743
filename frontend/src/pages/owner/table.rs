//! A table that sorts; on a narrow screen each row is a card. A row may open to show more. The roles are written out,
//! because a table that is laid out as cards has none by itself.

use leptos::prelude::*;

use crate::pages::owner::rows::{Cell, CellFace, Row, Sorting};
use crate::ui::{Button, ButtonKind, CopyText, EmptyState, Glyph, StatusPill};

/// What a table is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Its name for screen readers.
    pub(crate) caption: &'static str,
    /// Its `data-testid`.
    pub(crate) testid: &'static str,
    /// Its headings.
    pub(crate) headings: &'static [&'static str],
    /// What stands there while there are no rows, and how they come.
    pub(crate) empty: (&'static str, &'static str),
}

/// What a row opens to.
#[derive(Clone, Copy)]
pub(crate) struct Detail {
    /// What the button says.
    pub(crate) words: &'static str,
    /// What is shown for a row's id.
    pub(crate) view: Callback<String, AnyView>,
    /// The row that is open.
    pub(crate) open: RwSignal<Option<String>>,
}

/// The table.
#[component]
pub(crate) fn DataTable(
    /// What it is about.
    plan: Plan,
    /// Its rows.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// How they are sorted at first.
    sorting: Sorting,
    /// What a row opens to.
    #[prop(optional)]
    detail: Option<Detail>,
) -> impl IntoView {
    let sorting = RwSignal::new(sorting);
    let sorted = Memo::new(move |_| sorting.get().apply(rows.get()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let headings = move || {
        let heading = |(column, words): (usize, &&'static str)| {
            view! {
                <th scope="col" role="columnheader" aria-sort=move || sorting.get().aria(column)>
                    <button
                        type="button"
                        class="table__sort"
                        on:click=move |_| sorting.update(|sorting| *sorting = sorting.pressed(column))
                    >
                        {*words}
                    </button>
                </th>
            }
        };
        plan.headings.iter().enumerate().map(heading).collect_view()
    };
    view! {
        {move || {
            if is_empty.get() {
                let (title, text) = plan.empty;
                return view! { <EmptyState title text glyph=Glyph::List /> }.into_any();
            }
            view! {
                <table class="table grid" role="table" data-testid=plan.testid>
                    <caption class="visually-hidden">{plan.caption} "; press a heading to sort"</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            {headings()}
                            {detail.is_some().then(|| view! { <th scope="col" role="columnheader"><span class="visually-hidden">"Open"</span></th> })}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        <For each=move || sorted.get() key=|row| row.id.clone() let:row>
                            <TableRow plan rows=sorted row detail />
                        </For>
                    </tbody>
                </table>
            }
                .into_any()
        }}
    }
    .into_any()
}

/// One row and, while it is open, the row below it. It stays the same row while its values change.
#[component]
fn TableRow(plan: Plan, rows: Memo<Vec<Row>>, row: Row, detail: Option<Detail>) -> impl IntoView {
    let id = StoredValue::new(row.id.clone());
    let cells = Memo::new(move |_| {
        rows.with(|rows| {
            id.with_value(|id| rows.iter().find(|row| row.id == *id).map(|row| row.cells.clone()))
        })
        .unwrap_or_else(|| row.cells.clone())
    });
    let cell = move |(column, label): (usize, &'static str)| {
        let cell = Memo::new(move |_| cells.with(|cells| cells.get(column).cloned()));
        let wide = move || cell.with(|cell| cell.as_ref().is_some_and(Cell::is_wide));
        let content = move || cell.get().map(shown);
        if column == 0 {
            view! { <th scope="row" role="rowheader" data-label=label>{content}</th> }.into_any()
        } else {
            view! { <td role="cell" class:grid__cell--wide=wide data-label=label>{content}</td> }
                .into_any()
        }
    };
    let is_open = move || {
        detail.is_some_and(|detail| {
            detail.open.with(|open| id.with_value(|id| open.as_ref() == Some(id)))
        })
    };
    let is_open = Memo::new(move |_| is_open());
    let columns = plan.headings.len().saturating_add(1);
    view! {
        <tr class="grid__row" role="row" class:grid__row--open=move || is_open.get() data-testid="owner-row" data-id=id.get_value()>
            {plan.headings.iter().copied().enumerate().map(cell).collect_view()}
            {detail.map(|detail| view! { <td class="grid__tools" role="cell"><Opener detail id is_open /></td> })}
        </tr>
        {move || {
            let detail = detail.filter(|_| is_open.get())?;
            Some(
                view! {
                    <tr class="grid__detail" role="row" data-testid="owner-detail" data-id=id.get_value()>
                        <td colspan=columns role="cell">{detail.view.run(id.get_value())}</td>
                    </tr>
                },
            )
        }}
    }
    .into_any()
}

/// Opens and closes a row.
#[component]
fn Opener(detail: Detail, id: StoredValue<String>, is_open: Memo<bool>) -> impl IntoView {
    let press = move |_| {
        let open = (!is_open.get_untracked()).then(|| id.get_value());
        detail.open.set(open);
    };
    view! {
        <button
            type="button"
            class="button button--quiet"
            aria-expanded=move || is_open.get().to_string()
            data-testid="owner-open"
            on:click=press
        >
            {move || if is_open.get() { "Close" } else { detail.words }}
        </button>
    }
}

fn shown(cell: Cell) -> AnyView {
    let small =
        |text: String| (!text.is_empty()).then(|| view! { <span class="grid__more">{text}</span> });
    match cell.face {
        CellFace::Words(words) => view! { <span class="grid__words">{words}</span> }.into_any(),
        CellFace::Lines(words, more) => {
            view! { <span class="grid__words">{words}</span> {small(more)} }.into_any()
        }
        CellFace::Number(words) => view! { <span class="number">{words}</span> }.into_any(),
        CellFace::Copy(value, what) => view! { <CopyText text=value label=what /> }.into_any(),
        CellFace::Named(words, value, what) => view! {
            <span class="grid__words">{words}</span>
            <span class="grid__more"><CopyText text=value label=what /></span>
        }
        .into_any(),
        CellFace::State(tone, label) => view! { <StatusPill tone label /> }.into_any(),
        CellFace::StateWhy(tone, label, why) => {
            view! { <StatusPill tone label /> {small(why)} }.into_any()
        }
    }
}

/// A button that opens a row from elsewhere, such as `Register a domain` above a table.
#[component]
pub(crate) fn OpenButton(
    /// What it says.
    words: &'static str,
    /// What it opens, and closes again.
    open: RwSignal<bool>,
    /// `data-testid`.
    testid: &'static str,
) -> impl IntoView {
    let press = Callback::new(move |()| open.update(|open| *open = !*open));
    view! {
        <Button kind=ButtonKind::Secondary on_press=press testid=testid>
            {move || if open.get() { "Close" } else { words }}
        </Button>
    }
}
