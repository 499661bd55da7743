//! The mesh as SVG, made of elements: names are text, and nothing in them can be markup.

use leptos::prelude::*;
use phase8_shared::artifacts::{MeshBox, MeshLink, MeshPicture};
use phase8_shared::format::grouped;

use crate::ui::Card;

/// Boxes that a page can show and a person can read.
const MOST: usize = 400;

/// The card.
pub(super) fn card(picture: MeshPicture) -> AnyView {
    let boxes = picture.boxes.len();
    let content = if boxes > MOST {
        let words = format!(
            "The mesh has {} boxes, too many to be drawn here; the tables below name every link.",
            grouped(boxes as u64)
        );
        view! { <p class="note">{words}</p> }.into_any()
    } else {
        drawn(picture)
    };
    view! { <Card title="Value mesh" testid="mesh">{content}</Card> }.into_any()
}

fn drawn(picture: MeshPicture) -> AnyView {
    let MeshPicture { width, height, words, heads, links, boxes } = picture;
    let heads = heads
        .into_iter()
        .map(|(x, title)| view! { <text class="mesh__head" x=x y="24">{title}</text> });
    let links = links
        .into_iter()
        .map(|MeshLink { class, path }| view! { <path class=class d=path></path> });
    view! {
        <div class="mesh-scroll" tabindex="0" role="region" aria-label="Value mesh">
            <svg class="mesh" role="img" viewBox=format!("0 0 {width} {height}") aria-label=words>
                {heads.collect_view()}
                {links.collect_view()}
                {boxes.into_iter().map(node).collect_view()}
            </svg>
        </div>
    }
    .into_any()
}

fn node(node: MeshBox) -> AnyView {
    let MeshBox { class, x, y, name, short, note } = node;
    view! {
        <g>
            <title>{format!("{name}: {note}")}</title>
            <rect class=class x=x y=y width=MeshPicture::BOX_WIDTH height=MeshPicture::BOX_HEIGHT rx="6"></rect>
            <text class="mesh__name" x=x + 10 y=y + 14>{short}</text>
            <text class="mesh__note" x=x + 10 y=y + 28>{note}</text>
        </g>
    }
    .into_any()
}
