//! The parts of the command center, each with an address of its own.

use leptos::prelude::*;
use leptos_router::components::A;
use wasm_bindgen::JsCast;

use crate::routes::Route;
use crate::ui::{Glyph, Icon};

/// A part of the command center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Section {
    /// Which levers are armed, and why others are not.
    #[default]
    Readiness,
    /// Fleet, missions and adapters.
    Levers,
    /// Domains, sentinels, capital streams, parameters and the self-improvement plan.
    Registry,
    /// From a manifest to the chain.
    Bootstrap,
    /// What waits for its time.
    Queue,
    /// Extensions of the contracts.
    Extensions,
    /// What the owner's directives ask for.
    Directives,
    /// Calls collected for a Safe.
    Batch,
    /// Signatures that somebody could still use.
    Signatures,
    /// What was sent, and what became of it.
    Transactions,
}

impl Section {
    /// Every part, in the order of the navigation.
    pub(crate) const ALL: [Self; 10] = [
        Self::Readiness,
        Self::Levers,
        Self::Registry,
        Self::Bootstrap,
        Self::Queue,
        Self::Extensions,
        Self::Directives,
        Self::Batch,
        Self::Signatures,
        Self::Transactions,
    ];

    /// Its name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Readiness => "readiness",
            Self::Levers => "levers",
            Self::Registry => "registry",
            Self::Bootstrap => "bootstrap",
            Self::Queue => "queue",
            Self::Extensions => "extensions",
            Self::Directives => "directives",
            Self::Batch => "batch",
            Self::Signatures => "signatures",
            Self::Transactions => "transactions",
        }
    }

    /// Its `data-testid`.
    pub(super) fn testid(self) -> String {
        format!("owner-section-{}", self.name())
    }

    /// What it is called.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Readiness => "Readiness",
            Self::Levers => "Levers",
            Self::Registry => "Registry and parameters",
            Self::Bootstrap => "Bootstrap",
            Self::Queue => "Timelock queue",
            Self::Extensions => "Extension planner",
            Self::Directives => "Directives",
            Self::Batch => "Safe batch",
            Self::Signatures => "Outstanding signatures",
            Self::Transactions => "Transactions",
        }
    }

    /// What it is for, in a line.
    pub(super) const fn purpose(self) -> &'static str {
        match self {
            Self::Readiness => {
                "Which levers would work if you pulled them now, and what stands in the way of the others."
            }
            Self::Levers => {
                "The fleet, one mission at a time, and the model adapters. Each lever reads now → new from the chain and has an undo."
            }
            Self::Registry => {
                "Domains, sentinels and capital streams of the manager, its parameters, and the self-improvement plan."
            }
            Self::Bootstrap => {
                "Bring the chain to what a manifest says: only what differs, tried out, and sent one call after the other."
            }
            Self::Queue => {
                "What accelerates waits here, and a guardian can cancel it. The countdown runs on the chain's own time."
            }
            Self::Extensions => {
                "Plan, stage, activate and retire extensions of the contracts from contract-extensions.json."
            }
            Self::Directives => {
                "Compare owner-directives.json with the chain, and turn each difference into a lever."
            }
            Self::Batch => {
                "Calls collected for the Safe that owns the door, to download as one batch."
            }
            Self::Signatures => {
                "Requests that were signed and not carried out: whoever has one can still use it until its deadline."
            }
            Self::Transactions => "What was sent, who sent it, and how far the chain is with it.",
        }
    }

    const fn short(self) -> &'static str {
        match self {
            Self::Registry => "Registry",
            Self::Queue => "Timelock",
            Self::Extensions => "Extensions",
            Self::Signatures => "Signatures",
            Self::Readiness
            | Self::Levers
            | Self::Bootstrap
            | Self::Directives
            | Self::Batch
            | Self::Transactions => self.title(),
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Readiness => Glyph::Check,
            Self::Levers => Glyph::System,
            Self::Registry => Glyph::List,
            Self::Bootstrap => Glyph::Upload,
            Self::Queue => Glyph::Clock,
            Self::Extensions => Glyph::Launch,
            Self::Directives => Glyph::File,
            Self::Batch => Glyph::Copy,
            Self::Signatures => Glyph::Sign,
            Self::Transactions => Glyph::Link,
        }
    }

    /// The part with this name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }

    /// The part that an address means: `/owner/queue`, or `/owner#queue`.
    pub(super) fn of_address(path: Option<&str>, hash: &str) -> Self {
        let hash = hash.trim_start_matches('#');
        path.and_then(Self::find).or_else(|| Self::find(hash)).unwrap_or_default()
    }
}

/// The navigation between the parts; it stays in view.
#[component]
pub(super) fn SectionNav(
    /// Which part is shown.
    current: Memo<Section>,
    /// How many things wait in a part.
    waiting: Signal<[usize; 10]>,
) -> impl IntoView {
    let list = NodeRef::<leptos::html::Nav>::new();
    // Touches where the navigation is scrolled to: on a phone the part that is shown may lie beyond its edge.
    Effect::new(move |_| {
        current.track();
        request_animation_frame(move || {
            let Some(nav) = list.get_untracked() else { return };
            let shown = nav.query_selector("[aria-current=page]").ok().flatten();
            let shown = shown.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(shown) = shown {
                let room = nav.client_width().saturating_sub(shown.offset_width());
                nav.set_scroll_left(shown.offset_left().saturating_sub(room / 2));
            }
        });
    });
    let link = move |(place, section): (usize, Section)| {
        let count = move || waiting.with(|waiting| waiting.get(place).copied().unwrap_or_default());
        view! {
            <li>
                <A
                    href=Route::Owner(section).path()
                    exact=true
                    attr:class="sections__link"
                    attr:data-testid=format!("owner-nav-{}", section.name())
                    attr:aria-current=move || (current.get() == section).then_some("page")
                >
                    <Icon glyph=section.glyph() />
                    <span>{section.short()}</span>
                    {move || {
                        let count = count();
                        (count > 0)
                            .then(|| {
                                view! {
                                    <span class="sections__count">
                                        {count}
                                        <span class="visually-hidden">" waiting"</span>
                                    </span>
                                }
                            })
                    }}
                </A>
            </li>
        }
    };
    view! {
        <nav class="sections" node_ref=list aria-label="Parts of the command center">
            <ul class="sections__list">{Section::ALL.into_iter().enumerate().map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_by_path_or_by_hash() {
        for (path, hash, section) in [
            (None, "", Section::Readiness),
            (Some("queue"), "", Section::Queue),
            (None, "#batch", Section::Batch),
            (Some("nowhere"), "", Section::Readiness),
        ] {
            assert_eq!(Section::of_address(path, hash), section, "{path:?} {hash}");
        }
    }

    #[test]
    fn every_part_is_found_by_its_own_name() {
        for section in Section::ALL {
            assert_eq!(Section::find(section.name()), Some(section));
        }
    }
}
