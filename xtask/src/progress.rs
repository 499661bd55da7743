//! What the person at the terminal sees: one line per step, with a live line while it works.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::{Error, Result};

const SPINNER: [&str; 4] = ["-", "\\", "|", "/"];
const REDRAW: Duration = Duration::from_millis(100);
/// Without a terminal there is no live line; a sign of life now and then must do.
const SIGN_OF_LIFE: Duration = Duration::from_mins(1);
const WIDTH: usize = 78;

/// One step under way.
#[derive(Debug)]
pub(crate) struct Step {
    label: String,
    started: Instant,
    last_shown: Instant,
    turns: usize,
    live: bool,
}

impl Step {
    fn begin(label: &str) -> Self {
        let now = Instant::now();
        let live = io::stdout().is_terminal();
        let mut step =
            Self { label: label.to_owned(), started: now, last_shown: now, turns: 0, live };
        if live {
            step.draw("");
        }
        step
    }

    /// Shows what the step is at, as often as is useful.
    pub(crate) fn show(&mut self, detail: &str) {
        let pause = if self.live { REDRAW } else { SIGN_OF_LIFE };
        if self.last_shown.elapsed() >= pause {
            self.last_shown = Instant::now();
            self.draw(detail);
        }
    }

    /// Clears the live line, so that a child may write to the terminal itself.
    pub(crate) fn clear(&self) {
        if self.live {
            put("\r\x1b[2K");
        }
    }

    fn draw(&mut self, detail: &str) {
        let time = duration(self.started.elapsed());
        if self.live {
            self.turns = self.turns.wrapping_add(1);
            let sign = SPINNER.get(self.turns % SPINNER.len()).unwrap_or(&"-");
            let line = shorten(&format!("{sign} {}  {time}  {}", self.label, plain(detail)), WIDTH);
            put(&format!("\r\x1b[2K{line}"));
        } else {
            say(&format!("  {}  {time}  {}", self.label, shorten(&plain(detail), WIDTH)));
        }
    }

    fn end(&self, sign: &str, colour: &str, note: &str) {
        self.clear();
        let sign = if self.live { format!("\x1b[{colour}m{sign}\x1b[0m") } else { sign.to_owned() };
        let time = duration(self.started.elapsed());
        let note = if note.is_empty() { String::new() } else { format!("  {note}") };
        say(&format!("{sign} {}  {time}{note}", self.label));
    }
}

/// Runs one step; a tick with the time taken, or a cross, is left on the screen.
pub(crate) fn step<T>(label: &str, work: impl FnOnce(&mut Step) -> Result<T>) -> Result<T> {
    noted_step(label, |step| work(step).map(|value| (value, String::new())))
}

/// Like [`step`], for work that has something to say about its result.
pub(crate) fn noted_step<T>(
    label: &str,
    work: impl FnOnce(&mut Step) -> Result<(T, String)>,
) -> Result<T> {
    let mut step = Step::begin(label);
    match work(&mut step) {
        Ok((value, note)) => {
            step.end("✓", "32", &note);
            Ok(value)
        }
        Err(error) => {
            step.end("✗", "31", "");
            Err(error)
        }
    }
}

/// Prints a heading above the steps that follow.
pub(crate) fn heading(text: &str) {
    if io::stdout().is_terminal() {
        say(&format!("\n\x1b[1m{text}\x1b[0m"));
    } else {
        say(&format!("\n{text}"));
    }
}

/// Prints a line; a reader who closed the pipe is no reason to stop.
pub(crate) fn say(line: &str) {
    put(&format!("{line}\n"));
}

/// Prints why a command failed, cause after cause.
pub(crate) fn report(error: &Error) {
    let causes: Vec<String> =
        error.chain().skip(1).map(|cause| format!("  because: {cause}\n")).collect();
    let text = format!("\n{error}\n{}", causes.concat());
    let mut err = io::stderr().lock();
    drop(err.write_all(text.as_bytes()).and_then(|()| err.flush()));
}

/// A duration as people say it.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

fn put(text: &str) {
    let mut out = io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// The text without colours and other control characters.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for character in text.chars() {
        match (escaped, character) {
            (false, '\x1b') => escaped = true,
            (true, letter) if letter.is_ascii_alphabetic() => escaped = false,
            (false, other) if !other.is_control() => out.push(other),
            _ => {}
        }
    }
    out.trim().to_owned()
}

fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_speech() {
        assert_eq!(duration(Duration::from_millis(1_270)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(283)), "4 min 43 s");
    }

    #[test]
    fn colours_are_taken_out_of_a_live_line() {
        assert_eq!(plain("\x1b[1;32m   Compiling\x1b[0m serde v1\r"), "Compiling serde v1");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert_eq!(shorten("größer", 4), "grö…");
        assert_eq!(shorten("klein", 5), "klein");
    }
}
