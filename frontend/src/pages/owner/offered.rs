//! Levers that were put up for signing, and how the eye is led to them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::lever::{LeverPanel, Place, use_desk};

/// A lever's panel in a place, shown while something is put up for signing there, is under way, or was the last.
#[component]
pub(super) fn PlacedLever(
    /// The place.
    place: Place,
) -> impl IntoView {
    let flip = use_desk().flip(&place);
    let is_used = Memo::new(move |_| flip.with(Option::is_some));
    view! {
        {move || {
            let place = place.clone();
            is_used.get().then(|| view! { <LeverPanel place lever=Signal::derive(|| None) /> })
        }}
    }
    .into_any()
}

/// Leads the eye to a lever once it is on the page.
pub(super) fn bring_up(place: &'static str) {
    request_animation_frame(move || {
        if let Some(panel) = document().get_element_by_id(place) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            panel.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Puts the focus on an element.
pub(super) fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
