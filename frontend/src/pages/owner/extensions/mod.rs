//! The extension planner: the file, what is found in it, and each extension with its levers.

mod chain;
mod detail;
mod view_model;

use leptos::prelude::*;
use phase8_shared::checker::Task;
use phase8_shared::findings::Findings;
use phase8_shared::policy::{ContractExtension, ManifestIndex, read_extensions};

use crate::pages::owner::center::use_center;
use crate::pages::owner::documents::plan_documents;
use crate::pages::owner::findings::FindingsCard;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::ui::{Card, DropZone, Wanted};

const FILE: Wanted = Wanted { file: "contract-extensions.json", id: "owner-extensions-file" };
const MANIFEST: Wanted =
    Wanted { file: "universal.value.manifest.json", id: "owner-manifest-file" };

const PLAN: Plan = Plan {
    caption: "Extensions of the file",
    testid: "owner-extensions",
    headings: view_model::HEADINGS,
    empty: ("No extension can be read", "Mend what the findings name, then upload the file again."),
};

/// What was read of the file.
#[derive(Debug, Clone, PartialEq, Default)]
struct Read {
    findings: Findings,
    extensions: Vec<ContractExtension>,
}

/// The part.
#[component]
pub(super) fn ExtensionsSection() -> impl IntoView {
    let center = use_center();
    let read = Memo::new(move |_| {
        center.extensions.with(|file| {
            let text = file.as_ref().map(|file| file.text.clone())?;
            let loaded = center.manifest.with(|manifest| {
                let index =
                    manifest.as_ref().and_then(|manifest| ManifestIndex::read(&manifest.text));
                read_extensions(&text, index.as_ref())
            });
            let extensions = loaded.value.map(|file| file.extensions).unwrap_or_default();
            Some(Read { findings: loaded.findings, extensions })
        })
    });
    let has_file = Memo::new(move |_| read.with(Option::is_some));
    let findings = Signal::derive(move || {
        read.with(|it| it.as_ref().map(|it| it.findings.clone())).unwrap_or_default()
    });
    let rows = Signal::derive(move || {
        let now = center.now();
        let views = center.with_governance(|view| view.extensions.clone()).unwrap_or_default();
        read.with(|it| {
            it.as_ref().map(|it| view_model::rows(&it.extensions, &views, now)).unwrap_or_default()
        })
    });
    let found = move |slug: &str| {
        read.with(|it| it.as_ref()?.extensions.iter().find(|it| it.slug == slug).cloned())
    };
    let detail = Detail {
        words: "Plan",
        view: Callback::new(move |slug: String| match found(&slug) {
            Some(extension) => view! { <detail::ExtensionDetail extension /> }.into_any(),
            None => ().into_any(),
        }),
        open: RwSignal::new(None),
    };
    let text = move || center.extensions.with(|file| file.as_ref().map(|file| file.text.clone()));
    view! {
        <div class="owner__stack">
            <Card title="The files" testid="owner-extension-files">
                <div class="owner__two">
                    <DropZone wanted=FILE upload=center.extensions />
                    <div>
                        <DropZone wanted=MANIFEST upload=center.manifest />
                        <p class="note">"With the manifest, dependencies are checked too."</p>
                    </div>
                </div>
            </Card>
            <Show when=move || has_file.get()>
                <FindingsCard findings />
                <Card title="Extensions" testid="owner-extension-list">
                    <Faces face=center.governance_face() loading="Reading the coordinator" on_retry=center.retry()>
                        <DataTable plan=PLAN rows sorting=Sorting::up(0) detail />
                    </Faces>
                </Card>
            </Show>
            {plan_documents("owner-extensions-documents", text, |text, manifest, contracts, now| {
                Task::Extensions { text, manifest, contracts: contracts.map(Box::new), now }
            })}
            <chain::OnChain />
        </div>
    }
    .into_any()
}
