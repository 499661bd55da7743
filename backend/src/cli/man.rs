//! `phase8 man`: the manual.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::{Man, generate_to};

use super::Arguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 man | man -l -
  phase8 man --dir /usr/local/share/man/man1";

/// Print the manual page, or write one for each command.
#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Write a page for each command into this folder.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(self) -> Result<()> {
        let command = Arguments::command();
        let Some(folder) = self.dir else {
            let mut page = Vec::new();
            Man::new(command).render(&mut page).context("the manual cannot be made")?;
            return io::stdout().lock().write_all(&page).context("the manual cannot be printed");
        };
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        generate_to(command, &folder)
            .with_context(|| format!("cannot write the manual into {}", folder.display()))
    }
}
