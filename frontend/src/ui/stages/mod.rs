//! How far a request is, stage by stage: proposed, signed, sent, confirmed, obeyed. Never further than is known.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon, Tone};

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageMark {
    /// Its name.
    pub(crate) label: &'static str,
    /// How it stands: `Ok` reached, `Work` under way, `Off` to come, `Bad` failed here.
    pub(crate) tone: Tone,
}

impl StageMark {
    /// The stages of which `reached` are behind us; the next one is under way if `busy`, failed here if `failed`.
    pub(crate) fn row(names: &[&'static str], reached: usize, at_hand: Tone) -> Vec<Self> {
        names
            .iter()
            .enumerate()
            .map(|(index, label)| {
                let tone = match index.cmp(&reached) {
                    std::cmp::Ordering::Less => Tone::Ok,
                    std::cmp::Ordering::Equal => at_hand,
                    std::cmp::Ordering::Greater => Tone::Off,
                };
                Self { label, tone }
            })
            .collect()
    }
}

/// The stages in a row.
#[component]
pub(crate) fn Stages(
    /// In order.
    #[prop(into)]
    marks: Signal<Vec<StageMark>>,
) -> impl IntoView {
    let said = move || marks.with(|marks| reached(marks));
    view! {
        <div class="stages">
            <ol class="stages__list" aria-hidden="true">
                {move || {
                    marks
                        .get()
                        .into_iter()
                        .map(|mark| {
                            view! {
                                <li class=format!("stages__stage tone--{}", mark.tone.as_str())>
                                    <Icon glyph=Glyph::from(mark.tone) />
                                    <span>{mark.label}</span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ol>
            <span class="visually-hidden" role="status">{said}</span>
        </div>
    }
}

/// The stages in one sentence, for screen readers.
fn reached(marks: &[StageMark]) -> String {
    let word = |tone| match tone {
        Tone::Ok => "done",
        Tone::Work => "under way",
        Tone::Wait => "waiting",
        Tone::Bad => "failed",
        Tone::Warn => "needs a look",
        Tone::Paused => "paused",
        Tone::Off => "to come",
        Tone::Unknown => "not known",
    };
    marks
        .iter()
        .map(|mark| format!("{}: {}", mark.label, word(mark.tone)))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_never_shown_further_than_known() {
        let row = StageMark::row(&["proposed", "signed", "sent"], 1, Tone::Bad);

        assert_eq!(reached(&row), "proposed: done, signed: failed, sent: to come");
    }
}
