//! One examination under way: the worker, how far it is, and what came of it.

use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::api::routes;
use phase8_shared::checker::{Task, Told};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::verify::examine::Examined;

use super::chain::{self, Answered};
use super::visits::{self, Visit};
use crate::checker::{Checker, CheckerError};
use crate::wallet::{Wallet, use_wallet};

/// Where the export is from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The server's own.
    Mission(MissionId),
    /// A file of this computer.
    File(web_sys::File),
}

/// What there is to see.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Face {
    /// Nothing was chosen yet.
    Waiting,
    /// Cards done, and cards in all; zero while it is fetched.
    Working(u64, u64),
    /// It could not be examined.
    Failed(CheckerError),
    /// It was.
    Done(Arc<Examined>),
}

/// The examination.
#[derive(Clone, Copy)]
pub(super) struct Examining {
    face: RwSignal<Face>,
    /// What the chain said.
    pub(super) chain: RwSignal<Answered>,
    /// What was seen before this time.
    pub(super) before: RwSignal<Option<Visit>>,
    checker: StoredValue<Option<Rc<Checker>>, LocalStorage>,
    run: StoredValue<Option<Action<Source, ()>>, LocalStorage>,
    wallet: Wallet,
}

impl Examining {
    /// Starts the worker, so that nothing is asked of a server later.
    pub(super) fn new() -> Self {
        let examining = Self {
            face: RwSignal::new(Face::Waiting),
            chain: RwSignal::new(Answered::Nothing),
            before: RwSignal::new(None),
            checker: StoredValue::new_local(Checker::start().ok().map(Rc::new)),
            run: StoredValue::new_local(None),
            wallet: use_wallet(),
        };
        let run = Action::new_local(move |source: &Source| {
            let source = source.clone();
            async move { examining.examine(source).await }
        });
        examining.run.set_value(Some(run));
        examining
    }

    /// Begins.
    pub(super) fn run(self, source: Source) {
        self.face.set(Face::Working(0, 0));
        self.chain.set(Answered::Nothing);
        if let Some(run) = self.run.get_value() {
            run.dispatch_local(source);
        }
    }

    /// What there is to see.
    pub(super) fn face(self) -> Face {
        self.face.get()
    }

    /// Whether it is under way.
    pub(super) fn is_busy(self) -> Signal<bool> {
        Signal::derive(move || self.face.with(|face| matches!(face, Face::Working(..))))
    }

    /// The mission's name, once it is known.
    pub(super) fn name(self) -> Option<String> {
        self.face.with(|face| match face {
            Face::Done(examined) => Some(examined.subject.as_ref()?.name.clone()),
            Face::Waiting | Face::Working(..) | Face::Failed(_) => None,
        })
    }

    async fn examine(self, source: Source) {
        match self.examined(&source).await {
            Ok((examined, before)) => {
                self.before.try_set(before);
                if let Some(subject) = examined.subject.as_ref().filter(|_| examined.holds) {
                    visits::remember(subject);
                }
                let questions = examined.questions.clone();
                self.face.try_set(Face::Done(Arc::new(examined)));
                if let Some(checker) = self.checker.try_get_value().flatten() {
                    chain::ask(questions, &checker, self.wallet, self.chain).await;
                }
            }
            Err(error) => {
                self.face.try_set(Face::Failed(error));
            }
        }
    }

    /// Examined with what was seen before. Of a file that is known only after reading it, so a file that holds is examined
    /// once more where something was.
    async fn examined(self, source: &Source) -> Result<(Examined, Option<Visit>), CheckerError> {
        match source {
            Source::Mission(id) => {
                let visit = visits::recall(*id);
                let address = Some(routes::export(*id));
                Ok((self.ask(address, visit.as_ref(), None).await?, visit))
            }
            Source::File(file) => {
                let examined = self.ask(None, None, Some(file)).await?;
                let mission = examined.subject.as_ref().filter(|_| examined.holds);
                let Some(visit) = mission.and_then(|it| visits::recall(it.mission)) else {
                    return Ok((examined, None));
                };
                // An older export is the beginning of what was seen, and cannot hold what came after.
                let shorter = mission.is_some_and(|it| it.head.size < visit.head.size);
                if shorter {
                    return Ok((examined, None));
                }
                Ok((self.ask(None, Some(&visit), Some(file)).await?, Some(visit)))
            }
        }
    }

    async fn ask(
        self,
        address: Option<String>,
        visit: Option<&Visit>,
        file: Option<&web_sys::File>,
    ) -> Result<Examined, CheckerError> {
        let checker = self.checker.try_get_value().flatten().ok_or(CheckerError::NotStarted)?;
        let task = Task::Examine {
            address,
            trusted: visit.map(|visit| visit.vkey.clone()),
            seen: visit.map(|visit| visit.head),
        };
        let face = self.face;
        let progress = move |done, of| drop(face.try_set(Face::Working(done, of)));
        let Told::Examined(examined) = checker.ask(&task, file, progress).await? else {
            return Err(CheckerError::BrokeOff);
        };
        Ok(*examined)
    }
}
