//! `phase8 completions`: what a shell needs to finish a half-typed command.

use std::io;

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::Arguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 completions bash > /etc/bash_completion.d/phase8
  phase8 completions zsh > ~/.zfunc/_phase8
  phase8 completions fish > ~/.config/fish/completions/phase8.fish";

/// Print the completions for a shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    #[expect(clippy::unnecessary_wraps, reason = "every command answers alike")]
    pub(super) fn run(self) -> Result<()> {
        generate(self.shell, &mut Arguments::command(), "phase8", &mut io::stdout().lock());
        Ok(())
    }
}
