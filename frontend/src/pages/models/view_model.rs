//! Evaluations as rows and lines.

use phase8_shared::api::EvaluationView;
use phase8_shared::score::evaluate::{ScoredAdapter, decimals};

use crate::format;
use crate::pages::owner::rows::{Cell, Row};

/// A row for each adapter. What nothing measured sorts last.
pub(super) fn ranking_rows(view: &EvaluationView) -> Vec<Row> {
    view.adapters.iter().map(ranking_row).collect()
}

fn ranking_row(it: &ScoredAdapter) -> Row {
    // The formula may be below zero; rows are sorted by numbers that are not.
    let composite = u128::try_from(i128::from(it.composite) + (1 << 80)).unwrap_or_default();
    let mut cells = vec![Cell::lines(it.id.clone(), it.provider.clone())];
    let formula = Cell::number(composite, decimals(it.composite));
    if let Some(measured) = &it.measured {
        let parts = measured.parts;
        cells.push(Cell::number(measured.score + 1, decimals(measured.score.into())));
        cells.push(formula);
        let accepted = format!("{} of {}", measured.accepted, measured.delivered);
        cells.push(Cell::lines(percent(parts.acceptance), accepted).by(parts.acceptance));
        let votes = format!("{} for, {} against", measured.verdicts_for, measured.verdicts_against);
        cells.push(Cell::lines(percent(parts.verdicts), votes).by(parts.verdicts));
        let trips = format::count(measured.trips as usize, "trip", "trips");
        cells.push(Cell::lines(percent(parts.safety), trips).by(parts.safety));
        let cost = measured.cost_per_accepted.map_or_else(
            || format!("{} for nothing accepted", measured.cost),
            |cost| format!("{cost} each"),
        );
        cells.push(Cell::lines(percent(parts.economy), cost).by(parts.economy));
        let answered = format!("{} of {} calls", measured.answered, measured.calls);
        cells.push(Cell::lines(percent(parts.reliability), answered).by(parts.reliability));
        let time = measured.median_ms.map_or_else(String::new, |millis| {
            format!("{} median", phase8_shared::timeline::lasted(millis))
        });
        cells.push(Cell::lines(percent(parts.speed), time).by(parts.speed));
    } else {
        cells.push(Cell::lines("–", "not measured").by(0_u32));
        cells.push(formula);
        cells.extend((0..6).map(|_| Cell::words("–").by(0_u32)));
    }
    Row { id: it.id.clone(), cells }
}

/// A row for each evaluation.
pub(super) fn history_rows(history: &[EvaluationView]) -> Vec<Row> {
    let rows = history.iter().map(|view| {
        let best = view.adapters.iter().find_map(|it| Some((&it.id, it.measured.as_ref()?.score)));
        let (id, score) = best.map_or(("–".to_owned(), 0), |(id, score)| (id.clone(), score));
        Row {
            id: view.at.millis().to_string(),
            cells: vec![
                Cell::words(view.at.to_string()).by(view.at.millis()),
                Cell::words(if view.scheduled { "schedule" } else { "request" }),
                Cell::number(view.missions.len() as u64, view.missions.len().to_string()),
                Cell::words(id),
                Cell::number(score, decimals(score.into())),
                Cell::number(view.proposals.len() as u64, view.proposals.len().to_string()),
            ],
        }
    });
    rows.collect()
}

/// An adapter's measured scores over time, the oldest first: the place of the evaluation and the score.
pub(super) fn lines(history: &[EvaluationView]) -> Vec<(String, Vec<(usize, u32)>)> {
    let mut lines: Vec<(String, Vec<(usize, u32)>)> = Vec::new();
    for (at, view) in history.iter().rev().enumerate() {
        for adapter in &view.adapters {
            let Some(measured) = &adapter.measured else { continue };
            match lines.iter_mut().find(|(id, _)| *id == adapter.id) {
                Some((_, points)) => points.push((at, measured.score)),
                None => lines.push((adapter.id.clone(), vec![(at, measured.score)])),
            }
        }
    }
    lines
}

/// Ten-thousandths as whole percents.
fn percent(units: u32) -> String {
    format!("{} %", (units + 50) / 100)
}

#[cfg(test)]
mod tests {
    use phase8_shared::api::EvaluatedMission;
    use phase8_shared::id::Seq;
    use phase8_shared::policy::read_adapters;
    use phase8_shared::score::evaluate::score_adapters;
    use phase8_shared::score::record::MissionRecord;
    use phase8_shared::timeline::sample;

    use super::*;

    fn evaluation(seconds: u64) -> EvaluationView {
        let file = include_str!("../../../../configs/model-adapters.json");
        let mut adapters = read_adapters(file).into_result().unwrap().0;
        adapters[0].id = "rehearsal".parse().unwrap();
        let record = MissionRecord::of(&sample::ledger()).unwrap();
        EvaluationView {
            at: phase8_shared::time::Timestamp::from_millis(seconds * 1_000),
            version: "measured-1".to_owned(),
            scheduled: false,
            margin: 500,
            missions: vec![EvaluatedMission {
                mission: sample::mission(),
                name: "atlas".to_owned(),
                seq: Seq(9),
            }],
            adapters: score_adapters(&adapters, |_| 7, [&record]),
            proposals: Vec::new(),
        }
    }

    #[test]
    fn every_row_has_a_cell_for_each_heading_and_what_nothing_measured_says_so() {
        let rows = ranking_rows(&evaluation(1));

        assert!(rows.len() > 2);
        assert!(rows.iter().all(|row| row.cells.len() == super::super::RANKING.headings.len()));
        assert_eq!(rows[0].id, "rehearsal");
        let unmeasured = Cell::lines("–", "not measured").by(0_u32);
        assert!(rows[1..].iter().all(|row| row.cells[1] == unmeasured));
        let history = history_rows(&[evaluation(2), evaluation(1)]);
        assert!(history.iter().all(|row| row.cells.len() == super::super::HISTORY.headings.len()));
    }

    #[test]
    fn a_line_goes_from_the_oldest_to_the_newest() {
        let lines = lines(&[evaluation(2), evaluation(1)]);

        assert_eq!(lines.len(), 1);
        let (id, points) = &lines[0];
        assert_eq!((id.as_str(), points[0].0, points[1].0), ("rehearsal", 0, 1));
    }
}
