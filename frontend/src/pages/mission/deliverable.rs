//! A deliverable's content: fetched, opened against its commitment in this browser, and shown as text, never as markup.

use leptos::prelude::*;
use phase8_shared::api::DeliverableView;
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Commitment;

use crate::api::{self, ClientError};
use crate::pages::mission::approvals::view_model::{ContentCheck, check_content};
use crate::ui::{Button, CopyText, Dialog, Glyph, Icon, ProblemCard, Skeleton, Tone, Trouble};

/// Which deliverable is being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    mission: MissionId,
    open: RwSignal<Option<(Commitment, String)>>,
}

impl Reader {
    /// The reader of a mission's deliverables; nothing is open.
    pub(crate) fn of(mission: MissionId) -> Self {
        Self { mission, open: RwSignal::new(None) }
    }

    /// Opens a deliverable under a title.
    pub(crate) fn read(self, commitment: Commitment, title: impl Into<String>) {
        self.open.set(Some((commitment, title.into())));
    }
}

/// Fetches a deliverable and opens its commitment with it.
pub(crate) async fn fetch(
    mission: MissionId,
    commitment: Commitment,
) -> Result<(DeliverableView, ContentCheck), ClientError> {
    let answer = api::deliverable(mission, commitment).await?;
    let check = check_content(commitment, &answer);
    Ok((answer, check))
}

/// A button that opens a deliverable.
#[component]
pub(crate) fn OpenDeliverable(
    /// The reader it opens in.
    reader: Reader,
    /// Which one.
    commitment: Commitment,
    /// Its title.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let name = format!("Open deliverable {title}");
    let press = Callback::new(move |()| reader.read(commitment, title.clone()));
    view! {
        <Button on_press=press testid="deliverable-open" name>
            <Icon glyph=Glyph::File />
            "Open"
        </Button>
    }
}

/// The dialog in which deliverables are read.
#[component]
pub(crate) fn ReaderDialog(
    /// What is being read.
    reader: Reader,
) -> impl IntoView {
    let open = Signal::derive(move || reader.open.with(Option::is_some));
    let close = Callback::new(move |()| reader.open.set(None));
    view! {
        <Dialog open title="Deliverable" testid="deliverable" on_close=close>
            {move || reader.open.get().map(|(commitment, title)| view! { <Content mission=reader.mission commitment title /> })}
        </Dialog>
    }
}

#[component]
fn Content(mission: MissionId, commitment: Commitment, title: String) -> impl IntoView {
    let content = LocalResource::new(move || fetch(mission, commitment));
    let retry = Callback::new(move |()| content.refetch());
    view! {
        <p class="deliverable__title">
            <strong>{title}</strong>
            <CopyText text=commitment.to_string() label="commitment" />
        </p>
        {move || match content.get() {
            None => view! { <Skeleton lines=6 label="Loading the deliverable" /> }.into_any(),
            Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
            Some(Ok((_, ContentCheck::Differs))) => {
                view! {
                    <div data-testid="deliverable-verified" data-verified="false">
                        <ProblemCard trouble=forged() on_retry=retry />
                    </div>
                }
                    .into_any()
            }
            Some(Ok((answer, ContentCheck::Opens))) => {
                view! {
                    <p class="deliverable__check tone--ok" data-testid="deliverable-verified" data-verified="true">
                        <Icon glyph=Glyph::from(Tone::Ok) />
                        "Verified in this browser: the content opens the ledger's commitment."
                    </p>
                    <p class="deliverable__kind">{format!("{}, {} bytes", answer.media_type, answer.content.len())}</p>
                    <pre class="deliverable__content" data-testid="deliverable-content" tabindex="0">{answer.content}</pre>
                }
                    .into_any()
            }
        }}
    }
}

/// What is said of content that does not open its commitment.
pub(crate) fn forged() -> Trouble {
    Trouble::new(
        "This is not the deliverable that the ledger holds",
        "The content that the server sent does not open the commitment, so it is not shown.",
        "Do not approve it. Try again; if it stays so, tell the other guardians: the store was changed after the fact.",
    )
}
