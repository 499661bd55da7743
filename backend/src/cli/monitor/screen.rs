//! What a watch shows: a line for each event on stdout, and below them, in a terminal, a bar for each agent, the budget and the
//! milestones. With `--json`, the events as they are.

use std::collections::BTreeMap;
use std::path::Path;

use console::{Style, style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use phase8_shared::api::MissionPhase;
use phase8_shared::id::{Role, Seq};
use phase8_shared::mission::{MilestoneStatus, MissionState};
use phase8_shared::timeline::{Card, Journal, Lane, Tone};
use serde_json::json;

use super::ending::Ending;
use crate::telemetry;

/// Characters of a lane's name.
const LANE: usize = 12;
/// Characters of a status.
const STATUS: usize = 12;

/// Where a watch is shown.
pub(super) struct Screen {
    as_json: bool,
    bars: MultiProgress,
    head: Option<ProgressBar>,
    agents: BTreeMap<Role, ProgressBar>,
    budget: Option<ProgressBar>,
    milestones: Option<ProgressBar>,
}

impl Screen {
    pub(super) fn new(as_json: bool) -> Self {
        // Bars belong to a person: what is no terminal gets none.
        let target =
            if as_json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self {
            as_json,
            bars: MultiProgress::with_draw_target(target),
            head: None,
            agents: BTreeMap::new(),
            budget: None,
            milestones: None,
        }
    }

    /// Shows an event, and where the mission stands with it.
    pub(super) fn show(&mut self, journal: &Journal, seq: Seq) {
        let (Some(event), Some(card), Some(state)) =
            (journal.event(seq), Card::at(journal, seq), journal.state())
        else {
            return;
        };
        if self.as_json {
            // An event was read from JSON, and so can be written.
            let text = serde_json::to_string(event).unwrap_or_default();
            telemetry::say(&text);
            return;
        }
        let line = line(&card);
        self.bars.suspend(|| telemetry::say(&line));
        self.draw(state, &card);
    }

    /// Something that is no event, for the person alone.
    pub(super) fn note(&self, words: &str) {
        self.bars.suspend(|| telemetry::complain(words));
    }

    /// Where the ledger is kept.
    pub(super) fn kept(&self, file: &Path) {
        if let Some(head) = &self.head {
            head.set_prefix(format!("kept in {}", file.display()));
        }
    }

    /// The last words.
    pub(super) fn end(&self, journal: &Journal, ending: &Ending) {
        if let Err(error) = self.bars.clear() {
            tracing::debug!("the bars stay: {error}");
        }
        if self.as_json {
            let root = journal.root_at(journal.last().0).map(|root| root.to_string());
            let last = json!({
                "ending": ending.name(), "words": ending.to_string(), "events": journal.last(), "root": root,
            });
            telemetry::say(&last.to_string());
        } else if ending.code() == 0 {
            telemetry::say(&format!("{} {ending}", style("✓").green()));
        }
    }

    fn draw(&mut self, state: &MissionState, card: &Card) {
        let bars = &self.bars;
        let head = self.head.get_or_insert_with(|| bars.add(plain()));
        head.set_message(format!(
            "{} {} {}{}",
            style(&state.created.name).bold(),
            style(phase(state)).dim(),
            card.mission_time,
            if state.created.rehearsal { ", a rehearsal: no model is asked" } else { "" },
        ));
        for step in state.steps.iter().filter(|step| !step.plan.role.is_validator()) {
            let role = &step.plan.role;
            let bar =
                self.agents.entry(role.clone()).or_insert_with(|| bars.add(lane(role.as_str())));
            let own = state.steps.iter().filter(|other| other.plan.role == *role);
            let (done, all) = own.fold((0, 0), |(done, all), other| {
                let turns = u64::from(other.plan.work.turns().max(1));
                let through = if other.status.is_done() { turns } else { other.turns_done.into() };
                (done + through, all + turns)
            });
            bar.set_length(all);
            bar.set_position(done);
            let at_work = state.working_step(role).map(|step| step.plan.title.clone());
            let rests = if done == all { "done" } else { "waits" };
            bar.set_message(at_work.unwrap_or_else(|| rests.to_owned()));
        }
        let budget = self.budget.get_or_insert_with(|| bars.add(lane("budget")));
        budget.set_length(state.budget.cap.get());
        budget.set_position(state.budget.spent.get());
        budget.set_message(format!(
            "{} of {}, {} held back",
            state.budget.spent, state.budget.cap, state.budget.reserved
        ));
        let milestones = self.milestones.get_or_insert_with(|| bars.add(lane("milestones")));
        let is_paid = |status: &MilestoneStatus| matches!(status, MilestoneStatus::Paid { .. });
        let paid = state.milestones.iter().filter(|one| is_paid(&one.status)).count();
        milestones.set_length(state.milestones.len() as u64);
        milestones.set_position(paid as u64);
        milestones.set_message(format!(
            "{} of {} paid to agents",
            state.paid(),
            state.created.terms.reward
        ));
    }
}

/// `T+1h 05m  planner      answered     Outlined three workstreams  $1.50`.
fn line(card: &Card) -> String {
    let lane = format!("{:<LANE$}", card.lane.label());
    let lane = match card.lane {
        Lane::Agent(_) => style(lane).cyan(),
        Lane::Validators | Lane::Levers => style(lane).magenta(),
        Lane::Mission | Lane::Chain => style(lane).dim(),
    };
    let status = look(card.tone).apply_to(format!("{:<STATUS$}", card.status));
    let cost = card.cost.as_ref().map_or_else(String::new, |cost| format!("  {cost}"));
    format!("{:>9}  {lane} {status} {}{}", card.mission_time, card.title, style(cost).dim())
}

fn look(tone: Tone) -> Style {
    match tone {
        Tone::Ok => Style::new().green(),
        Tone::Work | Tone::Wait => Style::new().cyan(),
        Tone::Warn | Tone::Paused => Style::new().yellow(),
        Tone::Bad => Style::new().red().bold(),
        Tone::Off | Tone::Unknown => Style::new().dim(),
    }
}

fn phase(state: &MissionState) -> &'static str {
    match MissionPhase::from(state) {
        MissionPhase::AwaitingFunding => "waits for its deposit",
        MissionPhase::Running => "at work",
        MissionPhase::Paused => "stands still",
        MissionPhase::AwaitingValidators => "waits for validators",
        MissionPhase::Completed => "completed",
        MissionPhase::Failed => "failed",
        MissionPhase::Refunded => "refunded",
    }
}

fn plain() -> ProgressBar {
    styled("{msg}  {prefix:.dim}", "")
}

fn lane(name: &str) -> ProgressBar {
    styled("{prefix:<12} {bar:30.cyan/dim} {percent:>3} %  {msg}", name)
}

fn styled(template: &str, prefix: &str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_prefix(prefix.to_owned());
    // A template that is not understood shows the usual bar.
    bar.set_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}
