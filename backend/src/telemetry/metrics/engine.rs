//! What the engine counts, and where its missions stand.

use std::fmt;
use std::time::Duration;

use phase8_orchestrator::ports::Meter;
use phase8_orchestrator::store::AppendError;
use phase8_orchestrator::{BudgetSums, Census, Engine, Waits};
use phase8_shared::api::MissionPhase;
use phase8_shared::mission::{Payload, Trip};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{Gauges, SECONDS};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Tripwires, severities and rules are those of the program's detectors.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tripped {
    tripwire: &'static str,
    rule: String,
    severity: &'static str,
}

/// Counts what an engine does.
#[derive(Debug)]
pub struct EngineMeter {
    written: Counter,
    conflicting: Counter,
    fenced: Counter,
    unknown: Counter,
    failed: Counter,
    append_duration: Histogram,
    append_events: Histogram,
    trips: Family<Tripped, Counter>,
    takeovers: Counter,
    leases_lost: Counter,
    followers: Gauge,
    delivered: Counter,
}

impl EngineMeter {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let appends: Family<Outcome, Counter> = Family::default();
        let outcome = |outcome| appends.get_or_create_owned(&Outcome { outcome });
        let meter = Self {
            written: outcome("written"),
            conflicting: outcome("conflict"),
            fenced: outcome("fenced"),
            unknown: outcome("unknown"),
            failed: outcome("failed"),
            append_duration: Histogram::new(SECONDS),
            append_events: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]),
            trips: Family::default(),
            takeovers: Counter::default(),
            leases_lost: Counter::default(),
            followers: Gauge::default(),
            delivered: Counter::default(),
        };
        let help = "Appends to ledgers by outcome; `fenced` are those of a lease that another worker has by now";
        registry.register("phase8_ledger_appends", help, appends);
        let help = "Time until an append was on the disk";
        let duration = meter.append_duration.clone();
        registry.register_with_unit("phase8_ledger_append_duration", help, Unit::Seconds, duration);
        let help = "Events that were appended at once";
        registry.register("phase8_ledger_append_events", help, meter.append_events.clone());
        let help = "What tripwires found, by rule and severity";
        registry.register("phase8_tripwire_trips", help, meter.trips.clone());
        let help =
            "Missions with agents at work that were taken up because nobody held their lease";
        registry.register("phase8_engine_takeovers", help, meter.takeovers.clone());
        let help = "Leases of missions that ended before they were given back";
        registry.register("phase8_engine_leases_lost", help, meter.leases_lost.clone());
        let help = "Ledgers that are followed live";
        registry.register("phase8_ledger_followers", help, meter.followers.clone());
        let help = "Events handed to those who follow";
        registry.register("phase8_ledger_events_delivered", help, meter.delivered.clone());
        meter
    }
}

impl Meter for EngineMeter {
    fn appended(&self, events: usize, took: Duration, outcome: Result<(), &AppendError>) {
        let counter = match outcome {
            Ok(()) => {
                self.append_duration.observe(took.as_secs_f64());
                self.append_events.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
                &self.written
            }
            Err(AppendError::Conflict { .. }) => &self.conflicting,
            Err(AppendError::Fenced { .. }) => &self.fenced,
            Err(AppendError::OutcomeUnknown(_)) => &self.unknown,
            Err(AppendError::Storage(_)) => &self.failed,
        };
        counter.inc();
    }

    fn recorded(&self, event: &Payload) {
        let Payload::TripwireTripped { trip, .. } = event else { return };
        let Trip { tripwire, rule, severity, .. } = trip;
        let tripped = Tripped {
            tripwire: tripwire.as_str(),
            rule: rule.clone(),
            severity: severity.as_str(),
        };
        self.trips.get_or_create(&tripped).inc();
    }

    fn took_over(&self) {
        self.takeovers.inc();
    }

    fn lost_lease(&self) {
        self.leases_lost.inc();
    }

    fn follows(&self) {
        self.followers.inc();
    }

    fn left(&self) {
        self.followers.dec();
    }

    fn delivered(&self, events: usize) {
        self.delivered.inc_by(events as u64);
    }
}

/// Where the missions of an engine stand, when somebody reads.
#[derive(Debug)]
pub(super) struct Missions(Engine);

impl Missions {
    pub(super) fn of(engine: &Engine) -> Self {
        Self(engine.clone())
    }
}

const PHASES: [(MissionPhase, &str); 7] = [
    (MissionPhase::AwaitingFunding, "awaiting_funding"),
    (MissionPhase::Running, "running"),
    (MissionPhase::Paused, "paused"),
    (MissionPhase::AwaitingValidators, "awaiting_validators"),
    (MissionPhase::Completed, "completed"),
    (MissionPhase::Failed, "failed"),
    (MissionPhase::Refunded, "refunded"),
];

impl Collector for Missions {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let census: Census = self.0.census();
        let mut gauges = Gauges(encoder);
        let missions = PHASES.into_iter().flat_map(|(phase, word)| {
            let count = |rehearsal| census.missions.get(&(phase, rehearsal)).copied();
            [("false", count(false)), ("true", count(true))].map(|(rehearsal, count)| {
                ([("phase", word), ("rehearsal", rehearsal)], count.unwrap_or_default())
            })
        });
        gauges.each("phase8_missions", "Missions that this engine knows, by phase", missions)?;
        let waiting = Waits::ALL.map(|kind| {
            ([("kind", kind.as_str())], census.waiting.get(&kind).copied().unwrap_or_default())
        });
        gauges.each("phase8_waiting_for_people", "What waits for people, by kind", waiting)?;
        let sums = |of: fn(&BudgetSums) -> u64| {
            [("false", &census.budget), ("true", &census.rehearsed)]
                .map(|(rehearsal, sums)| ([("rehearsal", rehearsal)], of(sums)))
        };
        let help = "Spent on models in all missions, in micro-dollars";
        gauges.each("phase8_budget_spent_micro_usd", help, sums(|sums| sums.spent.get()))?;
        let help = "Held back for model calls under way, in micro-dollars";
        gauges.each("phase8_budget_reserved_micro_usd", help, sums(|sums| sums.reserved.get()))?;
        let help = "Caps of all missions that are not over, in micro-dollars";
        gauges.each("phase8_budget_cap_micro_usd", help, sums(|sums| sums.cap.get()))?;
        gauges.one("phase8_engine_leases", "Leases that are held here", census.leases)?;
        let help = "Whether this engine is the one of its group that may act on the chain";
        gauges.one("phase8_engine_leads", help, u64::from(census.leads))
    }
}
