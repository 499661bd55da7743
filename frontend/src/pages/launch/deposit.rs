//! What the operator deposits, line by line.

use leptos::prelude::*;
use phase8_shared::time::Timestamp;

use super::desk::use_desk;
use super::terms;

/// The parts of the deposit and their sum, once the terms are known.
#[component]
pub(super) fn DepositLines() -> impl IntoView {
    let desk = use_desk();
    let terms = Memo::new(move |_| {
        let spec = desk.review.with(|review| review.as_ref()?.spec.clone())?;
        let basis = desk.basis(desk.reward().ok()?)?;
        // The moment moves the deadlines, not the deposit.
        terms::derive(&spec, &basis, Timestamp::from_millis(0)).ok()
    });
    move || {
        terms.with(|terms| {
            let terms = terms.as_ref()?;
            let lines = terms::deposit_lines(terms).into_iter().map(|line| {
                view! {
                    <div class="sum__line">
                        <dt>{line.label}</dt>
                        <dd>{line.amount.to_string()}</dd>
                    </div>
                }
            });
            let total = terms.deposit().map(|amount| amount.to_string());
            Some(view! {
                <dl class="sum" data-testid="deposit">
                    {lines.collect_view()}
                    <div class="sum__line sum__line--total">
                        <dt>"You deposit"</dt>
                        <dd>{total}</dd>
                    </div>
                </dl>
            })
        })
    }
}
