//! The page of Mission Control: one Leptos app, rendered in the browser alone.
#![expect(unreachable_pub, reason = "the component macro writes its items as pub")]

mod api;
mod app;
mod checker;
mod format;
mod inbox;
mod lever;
mod live;
mod manifest;
mod pages;
mod routes;
mod session;
mod storage;
mod theme;
mod ui;
mod wallet;

use leptos::prelude::document;
use wasm_bindgen::JsCast;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        reveal_crash_panel();
    }));
    let place = document().get_element_by_id("app").and_then(|place| place.dyn_into().ok());
    let Some(place) = place else { return reveal_crash_panel() };
    leptos::mount::mount_to(place, app::App).forget();
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}

/// The panel is static HTML beside the app, so that it can be shown when the app cannot show anything any more.
fn reveal_crash_panel() {
    if let Some(panel) = document().get_element_by_id("crash") {
        let _ = panel.remove_attribute("hidden");
    }
}
