//! How a conversation is made to fit: the oldest memory goes first, then the oldest turns are shortened.

use std::fmt::Write as _;

use super::{MESSAGE_OVERHEAD, user};
use crate::agents::{Message, Voice};

/// A turn that would be shorter than this says nothing any more and goes.
const SHORTEST_TURN: usize = 160;

/// The parts of a conversation.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) system: String,
    pub(super) brief: String,
    /// Oldest first.
    pub(super) memory: Vec<String>,
    /// The agent's earlier turns, by number, oldest first.
    pub(super) said: Vec<(usize, String)>,
    pub(super) instruction: String,
}

impl Parts {
    /// The messages, within so many bytes.
    pub(super) fn fit(mut self, room: usize) -> Vec<Message> {
        while self.over(room) > 0 && !self.memory.is_empty() {
            self.memory.remove(0);
        }
        while let (over @ 1.., false) = (self.over(room), self.said.is_empty()) {
            self.shorten_oldest_turn(over);
        }
        let mut messages = self.messages();
        cut(&mut messages, room);
        messages
    }

    /// Shortens the oldest turn by so many bytes, or takes it out where too little would be left.
    fn shorten_oldest_turn(&mut self, over: usize) {
        let Some((_, text)) = self.said.first_mut() else { return };
        match text.len().checked_sub(over).filter(|left| *left >= SHORTEST_TURN) {
            Some(left) => *text = shortened(text, left),
            None => drop(self.said.remove(0)),
        }
    }

    fn over(&self, room: usize) -> usize {
        size(&self.messages()).saturating_sub(room)
    }

    /// User and assistant take turns, because some endpoints take nothing else.
    fn messages(&self) -> Vec<Message> {
        let mut messages = vec![Message { voice: Voice::System, text: self.system.clone() }];
        let mut asked = self.brief.clone();
        for memory in &self.memory {
            asked.push('\n');
            asked.push_str(memory);
        }
        for (number, text) in &self.said {
            // Writing to a String cannot fail.
            let _ = write!(asked, "\n\nYour turn {number} was:");
            messages.push(user(std::mem::take(&mut asked)));
            messages.push(Message { voice: Voice::Assistant, text: text.clone() });
        }
        if !asked.is_empty() {
            asked.push_str("\n\n");
        }
        asked.push_str(&self.instruction);
        messages.push(user(asked));
        messages
    }
}

fn size(messages: &[Message]) -> usize {
    usize::try_from(super::bound(messages)).unwrap_or(usize::MAX)
}

/// Where not even the rules, the brief and the instruction fit, they are cut, the longest first.
fn cut(messages: &mut [Message], room: usize) {
    let overhead = MESSAGE_OVERHEAD * (messages.len() + 1);
    let room = room.saturating_sub(overhead);
    while messages.iter().map(|message| message.text.len()).sum::<usize>() > room {
        let sum: usize = messages.iter().map(|message| message.text.len()).sum();
        let Some(longest) = messages.iter_mut().max_by_key(|message| message.text.len()) else {
            return;
        };
        let keep = longest.text.len().saturating_sub((sum - room).max(1));
        longest.text.truncate(longest.text.floor_char_boundary(keep));
    }
}

/// A text in at most so many bytes: the beginning says what it is about, the end what came out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let marker = format!("\n[… of {} bytes, some are left out here …]\n", text.len());
    let half = most.saturating_sub(marker.len()) / 2;
    let head = text.get(..text.floor_char_boundary(half)).unwrap_or_default();
    let tail = text.get(text.ceil_char_boundary(text.len() - half)..).unwrap_or_default();
    format!("{head}{marker}{tail}")
}
