//! What the journeys stand on: the real program, a real chain, a real browser with a wallet in it, and their clean end.
//! A journey reads as what a person does; everything about processes and protocols is here.

mod anvil;
mod browser;
mod chain;
mod mission_control;
mod parts;
mod people;
mod wallet;

pub use browser::{Browser, Page, Theme, Viewport};
pub use chain::Chain;
pub use mission_control::{MissionControl, Settings};
pub use parts::Parts;
pub use wallet::{Answer, Wallet};

/// The wall clock, which journeys are timed by.
#[expect(clippy::disallowed_methods, reason = "real parts run in real time")]
pub fn now() -> std::time::Instant {
    std::time::Instant::now()
}
