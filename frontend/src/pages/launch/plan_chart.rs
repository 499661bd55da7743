//! The plan on a time axis, as plain numbers: a lane for each role, its steps, check-ins and milestones.

use phase8_shared::simulate::Simulation;

/// Units from the launch to the horizon.
pub(super) const WIDTH: u32 = 1000;
/// Units of one lane.
pub(super) const LANE: u32 = 34;

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    /// Whose it is.
    pub(super) role: String,
    /// Its upper edge.
    pub(super) top: u32,
    /// Its steps.
    pub(super) bars: Vec<Bar>,
    /// Where it checks in.
    pub(super) ticks: Vec<u32>,
}

/// A step in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// Left edge.
    pub(super) left: u32,
    /// Width; never nothing.
    pub(super) width: u32,
    /// The checkpoint it leads to.
    pub(super) label: String,
    /// Whether it pays.
    pub(super) is_paid: bool,
}

/// A mark on the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its place.
    pub(super) left: u32,
    /// Hours after the launch.
    pub(super) label: String,
}

/// Lays the plan out.
pub(super) fn lanes(simulation: &Simulation) -> Vec<Lane> {
    let horizon = simulation.horizon.get();
    let mut lanes: Vec<Lane> = Vec::new();
    for step in &simulation.steps {
        let role = step.checkpoint.role.as_str();
        let (left, right) = (place(step.start.get(), horizon), place(step.end.get(), horizon));
        let bar = Bar {
            left,
            width: right.saturating_sub(left).max(6),
            label: step.checkpoint.to_string(),
            is_paid: step.milestone.is_some(),
        };
        if let Some(lane) = lanes.iter_mut().find(|lane| lane.role == role) {
            lane.bars.push(bar);
            continue;
        }
        let top = u32::try_from(lanes.len()).unwrap_or_default().saturating_mul(LANE);
        let ticks =
            simulation.check_ins.iter().filter(|check_in| check_in.role == step.checkpoint.role);
        let ticks = ticks.map(|check_in| place(check_in.offset.get(), horizon)).collect();
        lanes.push(Lane { role: role.to_owned(), top, bars: vec![bar], ticks });
    }
    lanes
}

/// Five marks from the launch to the horizon.
pub(super) fn marks(horizon: u32) -> Vec<Mark> {
    (0..=4_u32)
        .map(|quarter| {
            let minutes =
                u32::try_from(u64::from(horizon) * u64::from(quarter) / 4).unwrap_or(u32::MAX);
            Mark { left: WIDTH * quarter / 4, label: short_minutes(minutes) }
        })
        .collect()
}

/// `45m`, `2h`, `2h 30m`.
pub(super) fn short_minutes(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes:02}m"),
    }
}

fn place(minutes: u32, horizon: u32) -> u32 {
    let place = u64::from(minutes) * u64::from(WIDTH) / u64::from(horizon.max(1));
    u32::try_from(place.min(u64::from(WIDTH))).unwrap_or(WIDTH)
}

#[cfg(test)]
mod tests {
    use phase8_shared::simulate::simulate;

    use super::*;

    #[test]
    fn every_role_of_the_sample_has_a_lane_within_the_axis() {
        let spec = phase8_shared::spec::preview(super::super::SAMPLE).spec.unwrap();

        let lanes = lanes(&simulate(&spec, &[]));

        let roles: Vec<_> = lanes.iter().map(|lane| lane.role.as_str()).collect();
        assert_eq!(roles.first(), Some(&"planner"));
        assert!(roles.contains(&"dev") && roles.contains(&"analyst"), "{roles:?}");
        for bar in lanes.iter().flat_map(|lane| &lane.bars) {
            assert!(bar.left + bar.width <= WIDTH + 6, "{bar:?}");
        }
    }

    #[test]
    fn the_axis_ends_at_the_horizon() {
        let labels: Vec<_> = marks(480).into_iter().map(|mark| mark.label).collect();

        assert_eq!(labels, ["0m", "2h", "4h", "6h", "8h"]);
    }
}
