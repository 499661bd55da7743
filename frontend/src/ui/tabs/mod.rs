//! Tabs with arrow keys.

use leptos::prelude::*;

/// One tab. Its panel carries `id="panel-{id}"` and `role="tabpanel"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tab {
    /// Names the tab.
    pub(crate) id: &'static str,
    /// The words on it.
    pub(crate) label: String,
}

/// A row of tabs.
#[component]
pub(crate) fn Tabs(
    /// What they choose among, for screen readers.
    #[prop(into)]
    name: String,
    /// In order.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// The id of the chosen one.
    selected: RwSignal<&'static str>,
) -> impl IntoView {
    let step = move |by: isize| {
        let next = tabs.with_untracked(|tabs| neighbour(tabs, selected.get_untracked(), by));
        if let Some(next) = next {
            selected.set(next);
            if let Some(tab) = document().get_element_by_id(&format!("tab-{next}")) {
                let _ = js_sys::Reflect::get(&tab, &"focus".into())
                    .map(|focus| js_sys::Function::from(focus).call0(&tab));
            }
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "ArrowRight" => step(1),
        "ArrowLeft" => step(-1),
        _ => {}
    };
    view! {
        <div class="tabs" role="tablist" aria-label=name on:keydown=on_key>
            <For each=move || tabs.get() key=|tab| (tab.id, tab.label.clone()) let:tab>
                <button
                    type="button"
                    class="tabs__tab"
                    role="tab"
                    id=format!("tab-{}", tab.id)
                    aria-controls=format!("panel-{}", tab.id)
                    aria-selected=move || (selected.get() == tab.id).to_string()
                    tabindex=move || if selected.get() == tab.id { "0" } else { "-1" }
                    on:click=move |_| selected.set(tab.id)
                >
                    {tab.label.clone()}
                </button>
            </For>
        </div>
    }
}

/// The tab so many places further, around the ends.
fn neighbour(tabs: &[Tab], from: &str, by: isize) -> Option<&'static str> {
    let here = tabs.iter().position(|tab| tab.id == from).unwrap_or_default();
    let count = isize::try_from(tabs.len()).ok().filter(|count| *count > 0)?;
    let next = isize::try_from(here).ok()?.saturating_add(by).rem_euclid(count);
    tabs.get(usize::try_from(next).ok()?).map(|tab| tab.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_go_around_the_ends() {
        let tab = |id| Tab { id, label: String::new() };
        let tabs = [tab("a"), tab("b"), tab("c")];

        assert_eq!(neighbour(&tabs, "c", 1), Some("a"));
        assert_eq!(neighbour(&tabs, "a", -1), Some("c"));
        assert_eq!(neighbour(&[], "a", 1), None);
    }
}
