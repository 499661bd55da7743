//! From the press of the button to the funded escrow: create, allow, fund. Each part can fail, and each can be gone on
//! with, even after a reload.

use leptos::prelude::*;
use phase8_shared::api::{CreateMission, FundingOffer, MissionPhase, ProblemCode};
use phase8_shared::id::MissionId;

use super::desk::Desk;
use super::draft::LaunchRecord;
use super::signing::Part;
use super::steps::Step;
use crate::api;
use crate::ui::Trouble;

impl Desk {
    /// Goes as far as it can; answers the mission once it is funded. `Ok(None)`: a step failed and says so itself.
    pub(super) async fn launch(self) -> Result<Option<MissionId>, Trouble> {
        let Some((record, launch)) = untrack(|| self.proposal()) else {
            return Err(Trouble::new(
                "The launch cannot begin",
                "Something it needs is missing.",
                "Look at the list above.",
            ));
        };
        let Some(offer) = self.create(&record, &launch).await? else {
            return Ok(Some(self.arrive(record.id)));
        };
        let prepared = untrack(|| self.prepare(record.id, record.reward, &offer))?;
        self.prepared.set(Some(prepared.clone()));
        if self.is_allowed(&prepared).await {
            self.approve.try_set(Step::Spared);
        } else if !self.sign(Part::Approve, &prepared.approve).await {
            return Ok(None);
        }
        if !self.sign(Part::Fund, &prepared.fund).await {
            return Ok(None);
        }
        Ok(Some(self.arrive(record.id)))
    }

    /// Creates the mission, or finds it created. `None`: it is funded already. The id is remembered before it is sent,
    /// so that a lost answer is no second launch.
    async fn create(
        self,
        record: &LaunchRecord,
        launch: &CreateMission,
    ) -> Result<Option<FundingOffer>, Trouble> {
        if self.launch.with_untracked(|before| before.as_ref().map(|before| before.id))
            != Some(record.id)
        {
            self.start_over();
            self.launch.set(Some(record.clone()));
        }
        match api::create_mission(record.id, launch).await {
            Ok(mission) => {
                self.note(|record| record.is_created = true);
                Ok(Some(mission.funding)
                    .filter(|_| mission.summary.phase == MissionPhase::AwaitingFunding))
            }
            Err(error) => {
                if error.code() == Some(ProblemCode::MissionExists) {
                    // The next attempt draws a fresh id.
                    self.start_over();
                }
                Err(error.into())
            }
        }
    }

    /// Remembers something of the launch under way.
    pub(super) fn note(self, change: impl FnOnce(&mut LaunchRecord)) {
        self.launch.try_update(|record| {
            if let Some(record) = record {
                change(record);
            }
        });
    }

    /// The launch is over; the file stays for another.
    fn arrive(self, id: MissionId) -> MissionId {
        self.start_over();
        id
    }

    /// The launch as it stands on the page: under the id that was tried before, if nothing changed since.
    fn proposal(self) -> Option<(LaunchRecord, CreateMission)> {
        let (operator, reward, clock) =
            (self.account.get()?, self.reward().ok()?, self.clock().ok()?);
        let spec = self.upload.with(|upload| upload.as_ref().map(|upload| upload.text.clone()))?;
        let same = |record: &LaunchRecord| {
            record.operator == operator && record.reward == reward && record.clock == clock
        };
        let record = match self.launch.get().filter(same) {
            Some(record) => record,
            None => LaunchRecord {
                id: draw_id()?,
                operator,
                reward,
                clock,
                is_created: false,
                approve: None,
                fund: None,
            },
        };
        Some((record, CreateMission { spec, operator, reward, clock_scale: clock }))
    }
}

/// A mission id of 16 bytes from the browser's own generator.
fn draw_id() -> Option<MissionId> {
    let mut bytes = [0_u8; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(MissionId::from_bytes(bytes))
}
