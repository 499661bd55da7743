//! Holds the answers against each other: what a quorum says, and who says something else.

use alloy::primitives::{Bytes, U256, keccak256};
use phase8_shared::api::{ReadValue, Said, SimulatedLog};

use super::ask::{Content, Tried};
use crate::chain::revert::Reason;

/// What one endpoint contributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// An answer about the chosen block.
    Says(Content),
    /// None, and why.
    Out(Said),
}

/// What follows from all of them. Each [`Said`] is in the order of the endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A quorum says this.
    Agreed(Content, Vec<Said>),
    /// Enough endpoints answer, but too few say the same.
    Split(Vec<Said>),
    /// Too few endpoints answer at all.
    TooFew(Vec<Said>),
}

/// Judges what is there; `needed` must be more than half of all, so that only one answer can reach it.
pub(super) fn judge(standings: &[Standing], needed: u8) -> Verdict {
    let needed = usize::from(needed);
    let contents: Vec<&Content> = standings.iter().filter_map(Standing::content).collect();
    if let Some(content) = agreed(&contents, needed) {
        let said = standings.iter().map(|standing| standing.against(&content)).collect();
        return Verdict::Agreed(content, said);
    }
    let place = first_difference(&contents);
    let said: Vec<Said> = standings.iter().map(|standing| standing.at(place)).collect();
    let speaking = said.iter().filter(|said| !matches!(said, Said::Silent { .. })).count();
    if speaking < needed { Verdict::TooFew(said) } else { Verdict::Split(said) }
}

/// What a quorum says: all of it, or at least the reads if too few can simulate and nobody contradicts.
fn agreed(contents: &[&Content], needed: usize) -> Option<Content> {
    let whole = contents
        .iter()
        .map(|one| contents.iter().filter(|other| one.is_like(other)).copied().collect::<Vec<_>>())
        .find(|group| group.len() >= needed && group.iter().all(|content| content.is_complete()));
    if let Some(group) = whole {
        let dearest = group.into_iter().max_by_key(|content| content.gas());
        return dearest.cloned();
    }
    let group = contents
        .iter()
        .map(|one| {
            let like = contents.iter().filter(|other| one.before == other.before);
            like.copied().collect::<Vec<_>>()
        })
        .find(|group| group.len() >= needed)?;
    let (able, unable): (Vec<&Content>, Vec<&Content>) =
        group.into_iter().partition(|content| content.is_complete());
    let words = unable.iter().find_map(|content| content.trouble())?;
    let mut pairs = able.iter().zip(able.iter().skip(1));
    if !pairs.all(|(one, other)| one.is_like(other)) {
        return None;
    }
    let why = match able.len() {
        0 => words.to_owned(),
        able => {
            format!("only {able} of the {needed} endpoints that must agree can simulate: {words}")
        }
    };
    let before = unable.first()?.before.clone();
    Some(Content { before, tried: Some(Tried::Unavailable { why }) })
}

impl Content {
    fn is_like(&self, other: &Self) -> bool {
        let tried = match (&self.tried, &other.tried) {
            (Some(one), Some(other)) => one.is_like(other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        tried && self.before == other.before
    }

    fn is_complete(&self) -> bool {
        self.trouble().is_none()
    }

    fn trouble(&self) -> Option<&str> {
        match &self.tried {
            Some(Tried::Unavailable { why }) => Some(why),
            Some(Tried::Succeeds { .. } | Tried::Refused { .. }) | None => None,
        }
    }

    fn gas(&self) -> u64 {
        match &self.tried {
            Some(Tried::Succeeds { gas_used, .. }) => *gas_used,
            Some(Tried::Refused { .. } | Tried::Unavailable { .. }) | None => 0,
        }
    }

    /// What it says, place by place, each in words that are the same if and only if what is said is.
    fn statements(&self) -> Vec<(Place, String)> {
        let reads = |values: &[ReadValue], place: fn(usize, usize) -> Place| {
            let total = values.len();
            let of = (1..).zip(values);
            of.map(|(n, value)| (place(n, total), of_value(value))).collect::<Vec<_>>()
        };
        let mut statements = reads(&self.before, Place::Read);
        match &self.tried {
            None => {}
            Some(Tried::Unavailable { .. }) => {
                statements.push((Place::Outcome, "it cannot be tried out there".to_owned()));
            }
            Some(Tried::Refused { data, .. }) => {
                let words = Reason::of_revert(data);
                let words = format!("it is refused with {}: {words}", of_bytes(data));
                statements.push((Place::Outcome, words));
            }
            Some(Tried::Succeeds { return_data, logs, after, .. }) => {
                statements.push((Place::Outcome, format!("it returns {}", of_bytes(return_data))));
                statements.push((Place::Logs, of_logs(logs)));
                statements.extend(reads(after, Place::After));
            }
        }
        statements
    }

    fn statement(&self, place: Place) -> Option<String> {
        let mut statements = self.statements().into_iter();
        statements.find(|(found, _)| *found == place).map(|(_, words)| words)
    }
}

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One of so many reads.
    Read(usize, usize),
    /// What becomes of the simulated call.
    Outcome,
    /// What it logs.
    Logs,
    /// One of so many reads after it.
    After(usize, usize),
}

impl Place {
    /// The beginning of a sentence about an endpoint.
    fn words(self) -> String {
        match self {
            Self::Read(n, total) => format!("answers read {n} of {total} with"),
            Self::Outcome => "says of the simulated call that".to_owned(),
            Self::Logs => "says that the simulated call writes".to_owned(),
            Self::After(n, total) => {
                format!("answers read {n} of {total} after the simulated call with")
            }
        }
    }
}

fn first_difference(contents: &[&Content]) -> Option<Place> {
    let (first, others) = contents.split_first()?;
    let statements = first.statements();
    let mut places = statements.iter();
    let found = places.find(|(place, words)| {
        others.iter().any(|other| other.statement(*place).as_ref() != Some(words))
    });
    found.map(|(place, _)| *place)
}

impl Standing {
    const fn content(&self) -> Option<&Content> {
        match self {
            Self::Says(content) => Some(content),
            Self::Out(_) => None,
        }
    }

    /// Held against what a quorum says.
    fn against(&self, agreed: &Content) -> Said {
        let content = match self {
            Self::Says(content) => content,
            Self::Out(said) => return said.clone(),
        };
        let is_all = agreed.is_complete() && content.is_like(agreed);
        if is_all || (!agreed.is_complete() && content.before == agreed.before) {
            return Said::Agreed {};
        }
        if let Some(why) = content.trouble().filter(|_| content.before == agreed.before) {
            return Said::Silent {
                why: format!("says the same of the reads, but not of the call: {why}"),
            };
        }
        let place = first_difference(&[content, agreed]);
        let what = place.and_then(|place| {
            let (own, theirs) = (content.statement(place)?, agreed.statement(place)?);
            Some(format!("{} {own} (the others: {theirs})", place.words()))
        });
        Said::Dissents { what: what.unwrap_or_else(|| "says something else".to_owned()) }
    }

    /// What it says at the place where not all say the same.
    fn at(&self, place: Option<Place>) -> Said {
        let content = match self {
            Self::Says(content) => content,
            Self::Out(said) => return said.clone(),
        };
        let words = place.and_then(|place| Some((place, content.statement(place)?)));
        match words {
            Some((place, words)) => Said::Dissents { what: format!("{} {words}", place.words()) },
            None => Said::Agreed {},
        }
    }
}

fn of_value(value: &ReadValue) -> String {
    match value {
        ReadValue::Returned { data } => of_bytes(data),
        ReadValue::Reverted { data, why } => format!("the refusal {}: {why}", of_bytes(data)),
    }
}

fn of_logs(logs: &[SimulatedLog]) -> String {
    let listed: Vec<u8> = logs
        .iter()
        .flat_map(|log| {
            let topics = log.topics.iter().flatten().copied();
            let count = u8::try_from(log.topics.len()).unwrap_or(u8::MAX);
            let size = u64::try_from(log.data.len()).unwrap_or(u64::MAX).to_be_bytes();
            log.address
                .into_iter()
                .chain([count])
                .chain(topics)
                .chain(size)
                .chain(log.data.to_vec())
        })
        .collect();
    let events = if logs.len() == 1 { "log" } else { "logs" };
    format!("{} {events} of hash {}", logs.len(), short_hash(&listed))
}

/// A word as a number, and anything longer by its hash.
fn of_bytes(data: &Bytes) -> String {
    match data.len() {
        0 => "nothing".to_owned(),
        32 => format!("{:#x}", U256::from_be_slice(data)),
        1..=31 => data.to_string(),
        bytes => format!("{bytes} bytes of hash {}", short_hash(data)),
    }
}

fn short_hash(bytes: &[u8]) -> String {
    let hash = keccak256(bytes).to_string();
    hash.chars().take(18).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(n: u8) -> ReadValue {
        ReadValue::Returned { data: U256::from(n).to_be_bytes::<32>().into() }
    }

    fn reads(values: &[u8]) -> Content {
        Content { before: values.iter().copied().map(value).collect(), tried: None }
    }

    fn tries(before: u8, tried: Tried) -> Standing {
        Standing::Says(Content { before: vec![value(before)], tried: Some(tried) })
    }

    fn succeeds(after: u8, gas_used: u64) -> Tried {
        let after = vec![value(after)];
        Tried::Succeeds { return_data: Bytes::new(), gas_used, logs: Vec::new(), after }
    }

    fn unavailable() -> Tried {
        Tried::Unavailable { why: "refuses eth_simulateV1".to_owned() }
    }

    fn says(values: &[u8]) -> Standing {
        Standing::Says(reads(values))
    }

    fn silent() -> Standing {
        Standing::Out(Said::Silent { why: "does not answer".to_owned() })
    }

    fn dissents(what: &str) -> Said {
        Said::Dissents { what: what.to_owned() }
    }

    #[test]
    fn a_quorum_of_one_says_what_it_says() {
        assert_eq!(judge(&[says(&[1])], 1), Verdict::Agreed(reads(&[1]), vec![Said::Agreed {}]));
    }

    #[test]
    fn one_that_lies_among_three_is_outvoted_and_named() {
        let verdict = judge(&[says(&[7, 1]), says(&[7, 2]), says(&[7, 1])], 2);

        let Verdict::Agreed(content, said) = verdict else { panic!("{verdict:?}") };
        assert_eq!(content, reads(&[7, 1]));
        assert_eq!(
            said,
            [
                Said::Agreed {},
                dissents("answers read 2 of 2 with 0x2 (the others: 0x1)"),
                Said::Agreed {}
            ]
        );
    }

    #[test]
    fn one_against_one_is_no_answer_and_both_are_named() {
        assert_eq!(
            judge(&[says(&[1]), says(&[2])], 2),
            Verdict::Split(vec![
                dissents("answers read 1 of 1 with 0x1"),
                dissents("answers read 1 of 1 with 0x2"),
            ])
        );
    }

    #[test]
    fn too_few_answers_are_no_disagreement() {
        let verdict = judge(&[says(&[1]), silent(), silent()], 2);

        assert!(matches!(verdict, Verdict::TooFew(_)), "{verdict:?}");
    }

    #[test]
    fn gas_may_differ_and_the_most_is_told() {
        let verdict = judge(&[tries(1, succeeds(2, 50)), tries(1, succeeds(2, 60))], 2);

        let Verdict::Agreed(content, _) = verdict else { panic!("{verdict:?}") };
        assert_eq!(content.gas(), 60);
    }

    #[test]
    fn an_endpoint_that_cannot_simulate_does_not_spoil_it_for_the_others() {
        let standings =
            [tries(1, succeeds(2, 50)), tries(1, succeeds(2, 50)), tries(1, unavailable())];

        let Verdict::Agreed(content, said) = judge(&standings, 2) else { panic!() };

        assert!(content.is_complete());
        assert!(matches!(said.last(), Some(Said::Silent { .. })), "{said:?}");
    }

    #[test]
    fn with_too_few_that_can_simulate_the_reads_still_count() {
        let Verdict::Agreed(content, said) =
            judge(&[tries(1, unavailable()), tries(1, succeeds(2, 50))], 2)
        else {
            panic!()
        };

        assert_eq!(
            content.trouble(),
            Some("only 1 of the 2 endpoints that must agree can simulate: refuses eth_simulateV1")
        );
        assert_eq!(said, [Said::Agreed {}, Said::Agreed {}]);
    }

    #[test]
    fn two_simulations_that_differ_are_no_answer_even_beside_one_that_cannot() {
        let refused = Tried::Refused { data: Bytes::new(), why: "no".to_owned() };
        let standings = [tries(1, unavailable()), tries(1, succeeds(2, 50)), tries(1, refused)];

        assert!(matches!(judge(&standings, 2), Verdict::Split(_)));
        let other_state = [tries(1, succeeds(2, 50)), tries(1, succeeds(3, 50))];
        assert_eq!(
            judge(&other_state, 2),
            Verdict::Split(vec![
                dissents("answers read 1 of 1 after the simulated call with 0x2"),
                dissents("answers read 1 of 1 after the simulated call with 0x3"),
            ])
        );
    }

    #[test]
    fn other_logs_are_another_answer() {
        let logging = |logs| {
            let after = vec![value(2)];
            tries(1, Tried::Succeeds { return_data: Bytes::new(), gas_used: 1, logs, after })
        };
        let log = SimulatedLog {
            address: alloy::primitives::Address::ZERO,
            topics: Vec::new(),
            data: Bytes::new(),
        };

        let verdict = judge(&[logging(vec![log]), logging(Vec::new())], 2);

        let Verdict::Split(said) = verdict else { panic!("{verdict:?}") };
        assert_eq!(said.len(), 2);
        let Some(Said::Dissents { what }) = said.first() else { panic!("{said:?}") };
        assert!(what.starts_with("says that the simulated call writes 1 log of hash 0x"), "{what}");
    }
}
