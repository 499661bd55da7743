//! A QR code, drawn as one path: dark on white in both themes, because cameras expect it so.

use leptos::prelude::*;
use phase8_shared::chain::exit::QrCode;

/// The code.
#[component]
pub(crate) fn QrView(
    /// What is drawn.
    code: QrCode,
    /// What it says, for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let QrCode { size, path, .. } = code;
    view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label data-testid="qr">
            <path class="qr__paper" d=format!("M0,0h{size}v{size}h-{size}z")></path>
            <path class="qr__ink" d=path></path>
        </svg>
    }
}
