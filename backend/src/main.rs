//! The program `phase8`.

use std::process::ExitCode;

use clap::Parser;
use phase8_backend::cli::Arguments;

fn main() -> ExitCode {
    Arguments::parse().run()
}
