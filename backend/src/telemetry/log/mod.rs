//! The log on stderr: what is in it, and how it is written.

mod flat;

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::JsonFields;

use self::flat::Flat;
use crate::config::{LogConfig, LogFormat};

/// Names the level and, by target, exceptions from it.
const VARIABLE: &str = "RUST_LOG";

/// What stands in `RUST_LOG` cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "RUST_LOG cannot be read: write a level (error, warn, info, debug, trace), or levels by target such as \
     info,phase8_backend::chain=debug"
)]
pub struct FilterError(#[source] tracing_subscriber::filter::ParseError);

/// Starts the log on stderr. `RUST_LOG` chooses what is in it; without it, everything from `info` on.
pub fn start(config: LogConfig) -> Result<(), FilterError> {
    let asked = std::env::var(VARIABLE).unwrap_or_default();
    let filter = EnvFilter::builder().parse(directives(&asked)).map_err(FilterError)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // A second log in one process would be a test's; the first one serves.
    drop(match config.format {
        LogFormat::Text => {
            let no_color = std::env::var_os("NO_COLOR");
            let ansi = colours(io::stderr().is_terminal(), no_color.as_deref());
            log.with_ansi(ansi).with_target(false).compact().try_init()
        }
        LogFormat::Json => log.event_format(Flat).fmt_fields(JsonFields::new()).try_init(),
    });
    Ok(())
}

/// A level alone is meant for this program. Libraries on the way of requests and statements stay at `warn` unless they are
/// named: further down they write what passes through them, keys and texts included.
fn directives(asked: &str) -> String {
    let mut own = Vec::new();
    let mut named = Vec::new();
    for directive in asked.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        if directive.parse::<LevelFilter>().is_ok() {
            own.push(format!("phase8={directive}"));
        } else {
            named.push(directive.to_owned());
        }
    }
    if own.is_empty() {
        own.push("phase8=info".to_owned());
    }
    [vec!["warn".to_owned()], own, named].concat().join(",")
}

/// <https://no-color.org>: any text in the variable, but not an empty one.
fn colours(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_meant_for_this_program_and_a_library_has_to_be_named() {
        for (asked, expected) in [
            ("", "warn,phase8=info"),
            ("trace", "warn,phase8=trace"),
            (" debug , hyper=trace", "warn,phase8=debug,hyper=trace"),
            ("phase8_backend::chain=debug", "warn,phase8=info,phase8_backend::chain=debug"),
            ("off", "warn,phase8=off"),
        ] {
            assert_eq!(directives(asked), expected, "{asked}");
            assert!(EnvFilter::builder().parse(directives(asked)).is_ok(), "{asked}");
        }
        assert!(EnvFilter::builder().parse(directives("phase8=loud")).is_err());
    }

    #[test]
    fn there_are_colours_on_a_terminal_unless_nobody_wants_them() {
        for (is_terminal, no_color, expected) in [
            (true, None, true),
            (true, Some(""), true),
            (true, Some("1"), false),
            (false, None, false),
        ] {
            assert_eq!(colours(is_terminal, no_color.map(OsStr::new)), expected, "{no_color:?}");
        }
    }
}
