//! One extension: what it needs, how it is rolled out and back, and its levers.

use leptos::prelude::*;
use phase8_shared::policy::ContractExtension;

use super::view_model::{Moves, Stand, dependency, moves};
use crate::lever::{LeverPanel, Place, use_desk};
use crate::pages::owner::center::use_center;
use crate::pages::owner::words::sentence;
use crate::ui::{CopyText, Glyph, Icon, StatusPill, Tone};

/// The extension.
#[component]
pub(super) fn ExtensionDetail(extension: ContractExtension) -> impl IntoView {
    let center = use_center();
    let slug = extension.slug.clone();
    use_desk().tell_name(extension.module_id(), &extension.module);
    let plan = plan_view(&extension);
    let needs = extension.dependencies.clone();
    let extension = StoredValue::new(extension);
    let levers = Memo::new(move |_| {
        let (contracts, now) = (center.contracts()?, center.now());
        let stand = center.with_governance(|view| {
            extension.with_value(|it| Stand::of(it, &view.extensions, now))
        })?;
        Some(extension.with_value(|it| moves(it, stand, &contracts)))
    });
    let take = move |of: fn(Moves) -> Option<phase8_shared::chain::Lever>| {
        Signal::derive(move || levers.get().and_then(Result::ok).and_then(of))
    };
    let refusal = move || levers.get().and_then(Result::err);
    let place = |name: &str| Place::new(format!("{name}@{slug}"));
    let dependencies = move || {
        let line = |need: &phase8_shared::policy::Dependency| {
            let (tone, words) =
                center.registry.value().with(|registry| dependency(need, registry.as_ref()));
            view! {
                <li class=format!("plan-list__line tone--{}", tone.as_str())>
                    <Icon glyph=Glyph::from(tone) />
                    <span>{need.kind.as_str()} " " <strong>{need.slug.clone()}</strong> ": " {words}</span>
                </li>
            }
        };
        let lines: Vec<_> = needs.iter().map(line).collect();
        (!lines.is_empty()).then(|| view! { <h4 class="owner__subtitle">"Depends on"</h4> <ul class="plan-list">{lines}</ul> })
    };
    view! {
        <div class="owner__detail">
            {dependencies}
            {plan}
            {move || refusal().map(|why| view! { <p class="direct__refusal" role="alert">{sentence(&why)}</p> })}
            <div class="owner__panels">
                <LeverPanel
                    place=place("lever-stage-extension")
                    lever=take(|it| it.stage)
                    title="Stage"
                    idle=idle("It is staged already.")
                />
                <LeverPanel
                    place=place("lever-activate-extension")
                    lever=take(|it| it.activate)
                    title="Activate"
                    idle=idle("Stage it first; its activation waits the delay, and guardians may veto it meanwhile.")
                />
                <LeverPanel
                    place=place("lever-withdraw-extension")
                    lever=take(|it| it.withdraw)
                    title="Withdraw"
                    idle=idle("Nothing is staged.")
                />
                <LeverPanel
                    place=place("lever-retire-extension")
                    lever=take(|it| it.retire)
                    title="Retire"
                    idle=idle("It is not in force.")
                />
            </div>
        </div>
    }
    .into_any()
}

fn idle(words: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || Some(words.to_owned()))
}

fn plan_view(extension: &ContractExtension) -> AnyView {
    let list = |title: &'static str, items: &[String], ordered: bool| {
        if items.is_empty() {
            return ().into_any();
        }
        let lines = items.iter().cloned().map(|item| view! { <li>{item}</li> }).collect_view();
        let list = if ordered {
            view! { <ol class="plan-list plan-list--steps">{lines}</ol> }.into_any()
        } else {
            view! { <ul class="plan-list plan-list--dots">{lines}</ul> }.into_any()
        };
        view! {
            <div>
                <h4 class="owner__subtitle">{title}</h4>
                {list}
            </div>
        }
        .into_any()
    };
    let approvers = extension.guardian_approvers.iter().map(|approver| {
        view! { <CopyText text=approver.to_string() label="guardian" /> " " }
    });
    let approvers = (!extension.guardian_approvers.is_empty())
        .then(|| view! { <dt>"Guardians asked"</dt><dd>{approvers.collect_view()}</dd> });
    let rollback = extension.rollback.clone().map(|rollback| {
        view! {
            <div>
                <h4 class="owner__subtitle">"Way back"</h4>
                <p>{rollback.description}</p>
                <p class="mono direct__path">{rollback.call}</p>
            </div>
        }
    });
    let checksum = extension.checksum.map(|sum| {
        view! { <dt>"Checksum of the author"</dt><dd><CopyText text=sum.to_string() label="checksum" /></dd> }
    });
    let checks = (!extension.ci_checks.is_empty())
        .then(|| view! { <StatusPill tone=Tone::Unknown label="This page cannot see CI: check these there" /> });
    view! {
        <dl class="facts">
            <dt>"Implementation"</dt>
            <dd><CopyText text=extension.implementation.to_string() label="implementation" /></dd>
            <dt>"Initializer"</dt>
            <dd><CopyText text=extension.initializer.to_string() label="initializer" /></dd>
            {approvers}
            {checksum}
        </dl>
        <div class="plan-grid">
            <div>
                {list("CI checks", &extension.ci_checks, false)}
                {checks}
            </div>
            {list("Rollout plan", &extension.rollout_plan, true)}
            {rollback}
            {list("Observed by", &extension.observability, false)}
            {list("Value levers", &extension.value_levers, false)}
        </div>
    }
    .into_any()
}
