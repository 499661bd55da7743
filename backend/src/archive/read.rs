//! An export read into a journal, event by event, so that its text is not held a second time.

use std::borrow::Cow;
use std::fmt;

use phase8_shared::id::MissionId;
use phase8_shared::ledger::{EXPORT_FORMAT, TreeHead};
use phase8_shared::mission::Event;
use phase8_shared::timeline::{Ingest, Journal};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What an export tells.
#[derive(Debug)]
pub struct ReadExport {
    /// The mission.
    pub mission: MissionId,
    /// Size and root that its checkpoint signs.
    pub tree: TreeHead,
    /// Its events, folded.
    pub journal: Journal,
}

/// The file is not the export of a mission.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableExport {
    /// It is not JSON of that shape.
    #[error("it is not the export of a mission: {0}")]
    Shape(#[from] serde_json::Error),
    /// It calls itself something else.
    #[error("it calls itself {0:?}, expected {EXPORT_FORMAT:?}")]
    OtherFormat(String),
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    format: Cow<'a, str>,
    mission: MissionId,
    tree: TreeHead,
    events: Events,
}

struct Events(Journal);

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneByOne;

        impl<'de> Visitor<'de> for OneByOne {
            type Value = Events;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the texts of a mission's events, in order")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Events, A::Error> {
                let mut journal = Journal::default();
                while let Some(text) = texts.next_element::<String>()? {
                    let number = journal.last().next();
                    let event: Event = serde_json::from_str(&text)
                        .map_err(|error| A::Error::custom(format!("event {number}: {error}")))?;
                    match journal.ingest(event) {
                        Ingest::Appended => {}
                        Ingest::Known | Ingest::Gap | Ingest::Contradicts => {
                            return Err(A::Error::custom(format!(
                                "event {number} does not follow those before it"
                            )));
                        }
                    }
                }
                Ok(Events(journal))
            }
        }

        deserializer.deserialize_seq(OneByOne)
    }
}

/// Reads the text of an export.
pub fn read_export(text: &[u8]) -> Result<ReadExport, UnreadableExport> {
    let file: File<'_> = serde_json::from_slice(text)?;
    if file.format != EXPORT_FORMAT {
        return Err(UnreadableExport::OtherFormat(file.format.chars().take(80).collect()));
    }
    Ok(ReadExport { mission: file.mission, tree: file.tree, journal: file.events.0 })
}
