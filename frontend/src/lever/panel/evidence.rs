//! The evidence file that was just saved: its digest as a code for another screen, and what to compare.

use leptos::prelude::*;
use phase8_shared::chain::exit::{Evidence, QrCode};

use crate::ui::{Button, CopyText, Dialog, Glyph, Icon, QrView, download};

/// Shown while there is a file to show.
#[component]
pub(super) fn EvidenceDialog(
    /// The file.
    evidence: RwSignal<Option<Evidence>>,
) -> impl IntoView {
    let open = Signal::derive(move || evidence.with(Option::is_some));
    let close = Callback::new(move |()| evidence.set(None));
    view! {
        <Dialog open title="Evidence" testid="evidence" on_close=close>
            {move || evidence.get().map(|evidence| view! { <EvidenceView evidence /> })}
        </Dialog>
    }
}

#[component]
fn EvidenceView(evidence: Evidence) -> impl IntoView {
    let name = evidence.file_name();
    let digest = evidence.eip712.digest.to_string();
    let line = evidence.exits.cast.clone();
    let code: Option<QrCode> = evidence.exits.qr.clone();
    let title = evidence.lever.title.clone();
    let save = {
        let name = name.clone();
        Callback::new(move |()| {
            let _ = download(&name, &evidence.to_text());
        })
    };
    view! {
        <p>
            {format!("{title}: ")} <span class="mono">{name}</span>
            " is saved. It holds the call, every hash, what the chain said, and no key. "
            <span class="mono">"phase8 verify"</span> " recomputes it without a network."
        </p>
        {code.map(|code| view! { <QrView code label="The request, for a camera: chain, door, nonce, deadline and digest" /> })}
        <dl class="facts facts--stacked">
            <dt>"Digest"</dt>
            <dd><CopyText text=digest label="digest" /></dd>
            <dt>"Line for a shell"</dt>
            <dd><CopyText text=line label="cast line" /></dd>
        </dl>
        <div class="dialog__actions">
            <Button on_press=save testid="evidence-save">
                <Icon glyph=Glyph::File />
                "Save again"
            </Button>
        </div>
    }
    .into_any()
}
