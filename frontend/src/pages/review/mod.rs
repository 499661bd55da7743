//! The guardian's review: a mission's whole history verified in this browser, told in plain words, with what is new and what
//! is missing. From the server's export, or from a file with no server at all.

mod chain;
mod examining;
mod report;
mod visits;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use phase8_shared::api::routes;
use phase8_shared::id::MissionId;

use self::examining::{Examining, Face, Source};
use crate::routes::Route;
use crate::session::links_card;
use crate::ui::{
    Button, ButtonKind, Card, EmptyState, FileZone, Glyph, Icon, PageHeader, ProblemCard, Progress,
    Trouble,
};

/// The review of a mission of this server.
#[component]
pub(crate) fn ReviewPage() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<MissionId>().ok()));
    view! {
        {move || match id.get() {
            Some(id) => of_mission(id),
            None => {
                view! {
                    <PageHeader title="Review" />
                    <EmptyState
                        title="There is no such mission"
                        text="The address does not hold a mission's id: 32 digits from 0 to f."
                        glyph=Glyph::List
                    />
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

fn of_mission(id: MissionId) -> AnyView {
    let examining = Examining::new();
    examining.run(Source::Mission(id));
    let again = Callback::new(move |()| examining.run(Source::Mission(id)));
    let name = Memo::new(move |_| examining.name());
    let title = Signal::derive(move || name.get().unwrap_or_else(|| "Review".to_owned()));
    let tools = move || {
        view! {
            <Button kind=ButtonKind::Primary on_press=again busy=examining.is_busy() testid="verify">
                <Icon glyph=Glyph::Shield />
                "Verify again"
            </Button>
        }
    };
    view! {
        <PageHeader
            title
            subtitle="Your own browser recomputes this mission, card by card. Nobody's word is needed."
            tools
        />
        <p class="review__links">
            <A href=Route::Mission(id).path()>"The mission"</A>
            <a href=routes::export(id) download=format!("mission-{id}.json")>"Keep it as a file"</a>
            <A href=Route::ReviewFile.path()>"Check a file"</A>
        </p>
        {told(examining, again)}
        {links_card(id)}
    }
    .into_any()
}

/// The review of an exported file.
#[component]
pub(crate) fn ReviewFilePage() -> impl IntoView {
    let examining = Examining::new();
    let chosen = RwSignal::new(None::<String>);
    let last = StoredValue::new_local(None::<web_sys::File>);
    let take = move |file: web_sys::File| {
        chosen.set(Some(file.name()));
        last.set_value(Some(file.clone()));
        examining.run(Source::File(file));
    };
    let again = Callback::new(move |()| {
        if let Some(file) = last.get_value() {
            examining.run(Source::File(file));
        }
    });
    let title = move || chosen.get().unwrap_or_else(|| "Drop a mission's export here".to_owned());
    view! {
        <PageHeader
            title="Review a file"
            subtitle="An exported mission is verified in this browser, with the same verdict as `phase8 verify`. It is never sent."
        />
        <div class="review">
            <Card title="Exported mission" testid="review-source">
                <FileZone
                    id="review-file"
                    title=Signal::derive(title)
                    hint="A file of `phase8 export`, or “Keep it as a file” beside a mission. No server is asked."
                    has=Signal::derive(move || chosen.with(Option::is_some))
                    on_file=take
                />
            </Card>
        </div>
        {told(examining, again)}
    }
    .into_any()
}

/// The four faces.
fn told(examining: Examining, retry: Callback<()>) -> AnyView {
    let content = move || match examining.face() {
        Face::Waiting => ().into_any(),
        Face::Working(done, of) => working(done, of),
        Face::Failed(error) => {
            let trouble = Trouble::new(
                "The history could not be verified",
                format!("{error}."),
                "Try again. If it happens again, keep the export as a file and use `phase8 verify FILE`.",
            );
            view! { <ProblemCard trouble on_retry=retry /> }.into_any()
        }
        Face::Done(examined) => report::full(&examined, examining),
    };
    view! { <div class="review" data-testid="review">{content}</div> }.into_any()
}

fn working(done: u64, of: u64) -> AnyView {
    let text = match of {
        0 => "fetching".to_owned(),
        _ => format!(
            "{} of {} cards",
            phase8_shared::format::grouped(done),
            phase8_shared::format::grouped(of)
        ),
    };
    view! {
        <Card title="Verifying" testid="review-progress">
            <Progress label="Cards hashed, parsed and folded" value=done max=of.max(1) text />
        </Card>
    }
    .into_any()
}
