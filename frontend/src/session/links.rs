//! Links for reading one mission: make one, copy it once, see whether it is used, revoke it.

use leptos::prelude::*;
use phase8_shared::api::{MadeLink, MakeLink, ReadLink};
use phase8_shared::id::MissionId;

use crate::api::{self, ClientError};
use crate::live::browser_time;
use crate::routes::Route;
use crate::session::use_session;
use crate::ui::{
    Button, ButtonKind, Card, EmptyState, Field, Glyph, ProblemCard, Skeleton, StatusPill, Tone,
    use_toasts, write_to_clipboard,
};

/// How long a link may be good for.
const TIMES: [(u32, &str); 4] =
    [(24, "a day"), (168, "a week"), (720, "30 days"), (8_760, "a year")];

/// The card, for those who may make links.
pub(crate) fn links_card(mission: MissionId) -> AnyView {
    let view = use_session().view();
    let may =
        Memo::new(move |_| view.with(|view| view.as_ref().is_some_and(|view| view.makes_links)));
    let shown = move || may.get().then(|| card(mission));
    view! { {shown} }.into_any()
}

fn card(mission: MissionId) -> AnyView {
    let toasts = use_toasts();
    let (label, hours) = (RwSignal::new(String::new()), RwSignal::new(168_u32));
    let links = RwSignal::new(None::<Result<Vec<ReadLink>, ClientError>>);
    let newest = RwSignal::new(None::<MadeLink>);
    let failed = RwSignal::new(None::<ClientError>);
    let read = Action::new_local(move |(): &()| async move {
        links.set(Some(api::links(mission).await.map(|found| found.links)));
    });
    read.dispatch_local(());
    let make = Action::new_local(move |asked: &MakeLink| {
        let asked = asked.clone();
        async move {
            match api::make_link(mission, &asked).await {
                Ok(link) => {
                    failed.set(None);
                    label.set(String::new());
                    newest.set(Some(link));
                }
                Err(error) => failed.set(Some(error)),
            }
            read.dispatch_local(());
        }
    });
    let revoke = Action::new_local(move |id: &String| {
        let id = id.clone();
        async move {
            match api::revoke_link(mission, &id).await {
                Ok(link) => {
                    newest.update(|newest| {
                        newest.take_if(|newest| newest.link.id == link.id);
                    });
                    toasts.say(Tone::Off, format!("The link for “{}” is revoked.", link.label));
                }
                Err(error) => failed.set(Some(error)),
            }
            read.dispatch_local(());
        }
    });
    let press = Callback::new(move |()| {
        make.dispatch(MakeLink { label: label.get_untracked(), hours: hours.get_untracked() });
    });
    let retry = Callback::new(move |()| {
        read.dispatch_local(());
    });
    let list = move || match links.get() {
        None => view! { <Skeleton lines=2 label="Reading the links" /> }.into_any(),
        Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
        Some(Ok(links)) if links.is_empty() => {
            view! { <EmptyState title="No link was made yet" glyph=Glyph::List /> }.into_any()
        }
        Some(Ok(links)) => {
            let row = move |link| row(link, revoke);
            view! { <ul class="links" data-testid="links">{links.into_iter().map(row).collect_view()}</ul> }
                .into_any()
        }
    };
    let choose = move |event| hours.set(event_target_value(&event).parse().unwrap_or(168));
    view! {
        <Card title="Links for reading" id="links" testid="links-card">
            <p>"Whoever opens such a link reads this mission and nothing else, until it expires or you revoke it."</p>
            <div class="links__form">
                <Field id="link-label" label="Whom it is for">
                    <input
                        class="input"
                        id="link-label"
                        data-testid="link-label"
                        maxlength="80"
                        prop:value=move || label.get()
                        on:input=move |event| label.set(event_target_value(&event))
                    />
                </Field>
                <Field id="link-hours" label="Good for">
                    <select class="input" id="link-hours" data-testid="link-hours" on:change=choose>
                        {TIMES
                            .map(|(hours, words)| {
                                view! { <option value=hours.to_string() selected=hours == 168>{words}</option> }
                            })
                            .collect_view()}
                    </select>
                </Field>
                <Button
                    kind=ButtonKind::Primary
                    on_press=press
                    busy=make.pending()
                    disabled=Signal::derive(move || label.with(|label| label.trim().is_empty()))
                    testid="link-make"
                >
                    "Make a link"
                </Button>
            </div>
            {move || failed.get().map(|error| view! { <ProblemCard trouble=error /> })}
            {move || newest.get().map(|made| fresh(mission, &made))}
            {list}
        </Card>
    }
    .into_any()
}

/// A link just made: it is shown this once, since the server keeps no copy.
fn fresh(mission: MissionId, made: &MadeLink) -> AnyView {
    let toasts = use_toasts();
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}#link={}", Route::Review(mission).path(), made.token);
    let copied = address.clone();
    let copy = Action::new_local(move |(): &()| {
        let address = copied.clone();
        async move {
            let (tone, words) = if write_to_clipboard(&address).await {
                (Tone::Ok, "The link is copied.")
            } else {
                (
                    Tone::Warn,
                    "This browser does not let the page copy. Select the link and copy it yourself.",
                )
            };
            toasts.say(tone, words);
        }
    });
    let press = Callback::new(move |()| {
        copy.dispatch_local(());
    });
    view! {
        <div class="links__fresh" role="status">
            <p>"Copy it now: it is shown this once, and kept nowhere."</p>
            <input class="input mono" readonly aria-label="The link" data-testid="link-fresh" value=address />
            <Button on_press=press testid="link-copy">"Copy"</Button>
        </div>
    }
    .into_any()
}

fn row(link: ReadLink, revoke: Action<String, ()>) -> AnyView {
    let (tone, state) = match link.revoked_at {
        Some(at) => (Tone::Off, format!("revoked {at}")),
        None if link.expires_at <= browser_time() => {
            (Tone::Off, format!("expired {}", link.expires_at))
        }
        None => (Tone::Ok, format!("good until {}", link.expires_at)),
    };
    let used = match link.used_at {
        Some(at) => format!("last used {at}"),
        None => "never used".to_owned(),
    };
    let id = link.id;
    let press = Callback::new(move |()| {
        revoke.dispatch(id.clone());
    });
    let name = format!("Revoke the link for {}", link.label);
    view! {
        <li class="links__row" data-testid="link">
            <span class="links__label">{link.label}</span>
            <StatusPill tone label=state />
            <span class="links__used">{used}</span>
            {(tone == Tone::Ok)
                .then(|| {
                    view! {
                        <Button kind=ButtonKind::Danger on_press=press busy=revoke.pending() testid="link-revoke" name>
                            "Revoke"
                        </Button>
                    }
                })}
        </li>
    }
    .into_any()
}
