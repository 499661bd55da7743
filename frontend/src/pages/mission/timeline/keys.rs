//! The timeline's keys: j and k to move, enter to open, slash to search, question mark for help.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Another card, so many rows further down.
    Move(isize),
    /// The selected card's details.
    Open,
    /// The search field.
    Search,
    /// The list of keys.
    Help,
}

/// What a key press asks the timeline for; nothing while somebody types, or a dialog is open.
pub(super) fn action(event: &KeyboardEvent) -> Option<Action> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let tag = target.as_ref().map(|target| target.tag_name().to_lowercase()).unwrap_or_default();
    let in_dialog =
        target.as_ref().is_some_and(|target| target.closest("dialog").is_ok_and(|it| it.is_some()));
    if in_dialog || matches!(tag.as_str(), "input" | "textarea" | "select") {
        return None;
    }
    let on_control = matches!(tag.as_str(), "button" | "a" | "summary");
    of(&event.key()).filter(|action| !(on_control && *action == Action::Open))
}

fn of(key: &str) -> Option<Action> {
    match key {
        "j" => Some(Action::Move(1)),
        "k" => Some(Action::Move(-1)),
        "Enter" => Some(Action::Open),
        "/" => Some(Action::Search),
        "?" => Some(Action::Help),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_timelines_keys_are_taken() {
        assert_eq!(of("j"), Some(Action::Move(1)));
        assert_eq!(of("k"), Some(Action::Move(-1)));
        assert_eq!(of("?"), Some(Action::Help));
        for key in ["J", "Tab", "ArrowDown", "a", "Escape"] {
            assert_eq!(of(key), None, "{key}");
        }
    }
}
