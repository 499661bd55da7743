//! What the page says before a signature is what a real chain does: every lever is tried out, flipped, undone, and each
//! time the difference holds what the lever means and nothing else. What a form refuses, the manager refuses too.

mod levers;
mod manager;
mod refusals;
mod watched;
