//! A table of plain values that sorts; on a narrow screen each row is a card. The roles are written out, because a table
//! that is laid out as cards has none by itself.

use leptos::prelude::*;
use phase8_shared::table::{Cell, Mood, Table};

use crate::ui::{EmptyState, Glyph, StatusPill, Tone};

/// By which column, and whether the largest is on top; as it came until a heading is pressed.
type Order = Option<(usize, bool)>;

/// The table.
pub(crate) fn table_view(table: Table, empty: &'static str) -> AnyView {
    if table.rows.is_empty() {
        return view! { <EmptyState title=empty glyph=Glyph::List /> }.into_any();
    }
    let order = RwSignal::new(None);
    let headings: Vec<_> =
        table.columns.iter().cloned().enumerate().map(|(at, it)| heading(order, at, it)).collect();
    let Table { id, title, columns, rows } = table;
    let body = move || {
        let row = |row: Vec<Cell>| {
            let cells = columns.iter().cloned().zip(row).enumerate();
            let cells: Vec<_> = cells.map(|(at, (label, it))| cell(at, label, it)).collect();
            view! { <tr class="grid__row" role="row">{cells}</tr> }
        };
        sorted(&rows, order.get()).into_iter().map(row).collect_view()
    };
    view! {
        <table class="table grid" role="table" data-testid=format!("table-{id}")>
            <caption class="visually-hidden">{title} "; press a heading to sort"</caption>
            <thead role="rowgroup"><tr role="row">{headings}</tr></thead>
            <tbody role="rowgroup">{body}</tbody>
        </table>
    }
    .into_any()
}

fn heading(order: RwSignal<Order>, column: usize, words: String) -> AnyView {
    let aria = move || match order.get() {
        Some((by, is_down)) if by == column => {
            if is_down {
                "descending"
            } else {
                "ascending"
            }
        }
        Some(_) | None => "none",
    };
    let press = move |_| order.update(|order| *order = Some(pressed(*order, column)));
    view! {
        <th scope="col" role="columnheader" aria-sort=aria>
            <button type="button" class="table__sort" on:click=press>{words}</button>
        </th>
    }
    .into_any()
}

fn cell(column: usize, label: String, cell: Cell) -> AnyView {
    let Cell { text, number, more, mood } = cell;
    let said = text.clone();
    let shown = match (mood, number) {
        (Some(mood), _) => {
            let tone = tone(mood);
            view! { <StatusPill tone label=text /> }.into_any()
        }
        (None, Some(_)) => view! { <span class="number">{text}</span> }.into_any(),
        (None, None) => view! { <span class="grid__words">{text}</span> }.into_any(),
    };
    let more = (!more.is_empty()).then(|| view! { <span class="grid__more">{more}</span> });
    if column == 0 {
        view! { <th scope="row" role="rowheader" data-label=label data-said=said>{shown} {more}</th> }.into_any()
    } else {
        view! { <td role="cell" data-label=label data-said=said>{shown} {more}</td> }.into_any()
    }
}

const fn tone(mood: Mood) -> Tone {
    match mood {
        Mood::Good => Tone::Ok,
        Mood::Look => Tone::Warn,
        Mood::Bad => Tone::Bad,
    }
}

/// The order after a press on a heading.
fn pressed(order: Order, column: usize) -> (usize, bool) {
    let again = order.filter(|(by, _)| *by == column);
    (column, again.is_some_and(|(_, is_down)| !is_down))
}

/// Numbers by size, words without regard to case; equal rows stay as they came.
fn sorted(rows: &[Vec<Cell>], order: Order) -> Vec<Vec<Cell>> {
    let mut rows = rows.to_vec();
    let Some((column, is_down)) = order else { return rows };
    let key = |row: &Vec<Cell>| row.get(column).map(|it| (it.number, it.text.to_lowercase()));
    rows.sort_by_cached_key(key);
    if is_down {
        rows.reverse();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_size_and_a_second_press_turns_them_around() {
        let rows = [("b", 10), ("A", 9), ("c", 11)]
            .map(|(name, size)| vec![Cell::words(name), Cell::number(size, size.to_string())]);
        let names = |order| {
            let rows = sorted(&rows, order);
            rows.iter().map(|row| row[0].text.clone()).collect::<String>()
        };

        let once = pressed(None, 1);
        let twice = pressed(Some(once), 1);

        assert_eq!(names(None), "bAc");
        assert_eq!((names(Some(once)), names(Some(twice))), ("Abc".to_owned(), "cbA".to_owned()));
        assert_eq!(names(Some(pressed(Some(twice), 0))), "Abc");
    }
}
