//! How a state feels.

/// How a state feels; decides colour and icon together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Ok,
    /// At work.
    Work,
    /// Waits for someone.
    Wait,
    /// Look at it.
    Warn,
    /// It failed.
    Bad,
    /// Stands still on purpose.
    Paused,
    /// Not begun, or of no weight.
    Off,
    /// Not known.
    Unknown,
}

impl Tone {
    /// The word in class names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Work => "work",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Paused => "paused",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}
