//! What the parts of the launch page share: the draft, what is made of it, and the checklist.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::{LaunchDefaults, Preflight};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::ClockScale;

use super::draft::{self, Draft, LaunchRecord, Upload};
use super::prepare::Prepared;
use super::review::{Review, Rules};
use super::steps::Step;
use super::terms::Basis;
use crate::api::{self, ClientError, use_system_handle};
use crate::format;
use crate::storage::{self, Key};
use crate::wallet::{Wallet, use_wallet};

/// Signals of the launch page.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The uploaded file.
    pub(super) upload: RwSignal<Option<Upload>>,
    /// The reward as typed.
    pub(super) reward_typed: RwSignal<Option<String>>,
    /// The clock as typed.
    pub(super) clock_typed: RwSignal<Option<String>>,
    /// The launch under way.
    pub(super) launch: RwSignal<Option<LaunchRecord>>,
    /// The calls of the launch under way, once they are known.
    pub(super) prepared: RwSignal<Option<Prepared>>,
    /// How far the allowance is.
    pub(super) approve: RwSignal<Step>,
    /// How far the funding is.
    pub(super) fund: RwSignal<Step>,
    /// Whether the browser will have the draft after a reload.
    pub(super) is_remembered: RwSignal<bool>,
    /// What was made of the file.
    pub(super) review: Memo<Option<Review>>,
    /// The server's defaults.
    pub(super) defaults: Memo<Option<LaunchDefaults>>,
    /// The launch checklist.
    pub(super) preflight: LocalResource<Result<Preflight, ClientError>>,
    /// The connected account.
    pub(super) account: Signal<Option<Address>>,
    /// The wallet.
    pub(super) wallet: Wallet,
}

impl Desk {
    /// Recalls the draft and makes the desk known to the parts of the page.
    pub(super) fn provide() -> Self {
        let system = use_system_handle();
        let wallet = use_wallet();
        let account = wallet.account();
        let recalled: Draft = storage::recall(Key::Draft).unwrap_or_default();
        let upload = RwSignal::new(recalled.upload);
        let view = system.view();
        let rules = Memo::new(move |_| view.with(|view| view.as_ref().map(Rules::of)));
        let review = Memo::new(move |_| {
            upload.with(|upload| {
                let upload = upload.as_ref()?;
                Some(rules.with(|rules| Review::of(&upload.text, rules.as_ref())))
            })
        });
        let defaults =
            Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.launch.clone())));
        // What the checklist depends on; it is asked again when any of it changes.
        let cause = Memo::new(move |_| {
            view.with(|view| {
                view.as_ref().map(|view| (view.fleet.paused, view.chain.ok, view.orchestrator.ok))
            })
        });
        let preflight = LocalResource::new(move || {
            cause.track();
            api::preflight(account.get())
        });
        let desk = Self {
            upload,
            reward_typed: RwSignal::new(recalled.reward),
            clock_typed: RwSignal::new(recalled.clock),
            launch: RwSignal::new(recalled.launch),
            prepared: RwSignal::new(None),
            approve: RwSignal::new(Step::Proposed),
            fund: RwSignal::new(Step::Proposed),
            is_remembered: RwSignal::new(true),
            review,
            defaults,
            preflight,
            account,
            wallet,
        };
        desk.keep_remembering();
        provide_context(desk);
        desk
    }

    fn keep_remembering(self) {
        // Touches the browser's memory.
        Effect::new(move |_| {
            let draft = Draft {
                upload: self.upload.get(),
                reward: self.reward_typed.get(),
                clock: self.clock_typed.get(),
                launch: self.launch.get(),
            };
            self.is_remembered.set(storage::remember(Key::Draft, &draft));
        });
    }

    /// Takes a file; a launch under way was for another one.
    pub(super) fn take(self, upload: Upload) {
        self.upload.set(Some(upload));
        self.start_over();
    }

    /// Forgets the launch under way, never the file.
    pub(super) fn start_over(self) {
        self.launch.set(None);
        self.prepared.set(None);
        self.approve.set(Step::Proposed);
        self.fund.set(Step::Proposed);
    }

    /// The reward in the field: as typed, else the server's default.
    pub(super) fn reward_text(self) -> String {
        self.reward_typed.get().unwrap_or_else(|| {
            self.defaults.with(|defaults| {
                defaults.as_ref().map(|it| format::tokens_plain(it.reward)).unwrap_or_default()
            })
        })
    }

    /// The clock in the field: as typed, else the server's default; 1 unless the mission is a rehearsal.
    pub(super) fn clock_text(self) -> String {
        if !self.is_rehearsal() {
            return "1".to_owned();
        }
        self.clock_typed.get().unwrap_or_else(|| {
            let defaults =
                self.defaults.with(|defaults| defaults.as_ref().map(|it| it.clock_scale.get()));
            defaults.unwrap_or(1).to_string()
        })
    }

    /// The reward, or what is wrong with it.
    pub(super) fn reward(self) -> Result<TokenAmount, String> {
        draft::parse_reward(&self.reward_text())
    }

    /// The clock, or what is wrong with it.
    pub(super) fn clock(self) -> Result<ClockScale, String> {
        draft::parse_clock(&self.clock_text())
    }

    /// Whether every agent of the file works through a rehearsal adapter.
    pub(super) fn is_rehearsal(self) -> bool {
        self.review.with(|review| review.as_ref().is_some_and(|review| review.rehearsal))
    }

    /// What the terms are derived from, for this reward.
    pub(super) fn basis(self, reward: TokenAmount) -> Option<Basis> {
        let deployment = self.wallet.deployment().get()?;
        let text = self.upload.with(|upload| upload.as_ref().map(|upload| upload.text.clone()))?;
        Some(Basis { reward, text, deployment, defaults: self.defaults.get()? })
    }
}

/// The desk of the launch page.
pub(super) fn use_desk() -> Desk {
    use_context().unwrap_or_else(Desk::provide)
}
