//! Validators: who voted, how soon, how it held, and what it earned, with the evidence behind every number.

mod view_model;

use leptos::prelude::*;
use phase8_shared::api::ValidatorsView;

use crate::api::{self, ClientError};
use crate::format;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::pages::validators::view_model::{board_rows, vote_rows};
use crate::ui::{Button, ButtonKind, Glyph, Icon, PageHeader, ProblemCard, Skeleton};

const BOARD: Plan = Plan {
    caption: "Validators",
    testid: "validators",
    headings: &["Validator", "Approvals", "Other votes", "Time to answer", "Reversals", "Rewards"],
    empty: (
        "Nobody has voted yet",
        "A validator stands here with the first signature that approves a milestone, or the first check-in.",
    ),
};
const VOTES: Plan = Plan {
    caption: "Votes",
    testid: "votes",
    headings: &["When", "Vote", "Mission", "Card", "Took", "Reward", "Transaction"],
    empty: ("No vote", "Votes are read from the missions' ledgers."),
};

/// The page.
#[component]
pub(crate) fn ValidatorsPage() -> impl IntoView {
    let board = LocalResource::new(api::validators);
    let known = Memo::new(move |_| board.get());
    let retry = Callback::new(move |()| board.refetch());
    let subtitle = Signal::derive(move || {
        known.with(|known| match known {
            Some(Ok(view)) => format!(
                "{} over {}, from votes that stand in ledgers",
                format::count(view.validators.len(), "validator", "validators"),
                format::count(view.missions as usize, "mission", "missions")
            ),
            Some(Err(_)) | None => String::new(),
        })
    });
    view! {
        <PageHeader
            title="Validators"
            subtitle
            tools=move || {
                view! {
                    <Button kind=ButtonKind::Quiet on_press=retry name="Read the votes again">
                        <Icon glyph=Glyph::Refresh />
                    </Button>
                }
            }
        />
        {move || face(known.get(), retry)}
    }
    .into_any()
}

fn face(known: Option<Result<ValidatorsView, ClientError>>, retry: Callback<()>) -> AnyView {
    let view = match known {
        None => return view! { <Skeleton lines=6 label="Reading the votes" /> }.into_any(),
        Some(Err(error)) => {
            return view! { <ProblemCard trouble=error on_retry=retry /> }.into_any();
        }
        Some(Ok(view)) => view,
    };
    let rows = board_rows(&view);
    let view = StoredValue::new(view);
    let votes = Callback::new(move |id: String| {
        let rows = view.with_value(|view| vote_rows(view, &id));
        view! { <DataTable plan=VOTES rows=Signal::derive(move || rows.clone()) sorting=Sorting::down(0) /> }
            .into_any()
    });
    let detail = Detail { words: "Evidence", view: votes, open: RwSignal::new(None) };
    view! { <DataTable plan=BOARD rows=Signal::derive(move || rows.clone()) sorting=Sorting::down(1) detail /> }
        .into_any()
}
