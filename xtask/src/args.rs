//! The command line, parsed by hand so that a fresh machine compiles no parser first.

use anyhow::{Result, bail};

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
Usage: cargo xtask <command>

  run                 set up, build and start Mission Control on a development chain
      --fresh         forget the missions and the chain of earlier runs (asks first)
      -y              do not ask
      -- <args>       the rest goes to `phase8 serve`, for example: -- --port 0
  test                every check there is, the browser journeys included
      --fast          leave out the page and the journeys
      --only <step>   one step alone: fmt, tidy, contracts, codegen, clippy, page, tests
  ci                  the same as test
  setup               install what the other commands need, and nothing else
  build               build the server and the page
  codegen             write the generated files anew
      --check         fail if they are not what would be written
  bench [goal …]      measure every speed goal beside its peer (release build; the machine must be at rest), or those
                      that are named, as in `bench R2 missions`
  torture             kill the engine at random moments and see that it kept its promises
      --rounds <n>    how often; 300 if absent
      --seed <n>      which dice; the same seed throws the same
  mutants             take the guard of each promise out, in a copy, and see that its test turns red
      --list          name the guards, and what happens without them
      --only <name>   this guard alone; may be given several times
  tidy                check the architecture rules
  size                weigh the page against its budget";

/// One command with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Setup,
    Build,
    Run(RunRequest),
    Test(TestPlan),
    Tidy,
    Codegen(CodegenMode),
    /// The goals that are meant; all of them if none is named.
    Bench(Vec<String>),
    Torture(Torture),
    Mutants(MutantPlan),
    Size,
}

/// How to start Mission Control.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RunRequest {
    /// What becomes of the data of earlier runs.
    pub(crate) past: Past,
    /// Arguments handed to `phase8 serve` as they are.
    pub(crate) passed_on: Vec<String>,
}

/// The data of earlier runs: missions, relay and chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    Keep,
    ForgetAfterAsking,
    Forget,
}

/// Which checks to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TestPlan {
    Everything,
    WithoutBrowser,
    Only(String),
}

/// How the engine is to be tortured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Torture {
    pub(crate) rounds: u64,
    pub(crate) seed: u64,
}

/// Which guards to take out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MutantPlan {
    /// None: name them.
    List,
    Everything,
    Only(Vec<String>),
}

/// Whether generated files are written or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodegenMode {
    Write,
    Check,
}

impl Command {
    /// Parses the arguments after `cargo xtask`.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = args.into_iter();
        let Some(name) = args.next() else { return Ok(Self::Help) };
        let rest: Vec<String> = args.collect();
        match name.as_str() {
            "help" | "--help" | "-h" => Ok(Self::Help),
            "setup" => without_options(&name, &rest, Self::Setup),
            "build" => without_options(&name, &rest, Self::Build),
            "bench" => Ok(Self::Bench(rest)),
            "tidy" => without_options(&name, &rest, Self::Tidy),
            "size" => without_options(&name, &rest, Self::Size),
            "torture" => Torture::parse(&rest).map(Self::Torture),
            "mutants" => MutantPlan::parse(&rest).map(Self::Mutants),
            "run" => RunRequest::parse(&rest).map(Self::Run),
            "test" | "ci" => TestPlan::parse(&rest).map(Self::Test),
            "codegen" => match words(&rest).as_slice() {
                [] => Ok(Self::Codegen(CodegenMode::Write)),
                ["--check"] => Ok(Self::Codegen(CodegenMode::Check)),
                other => bail!("`codegen` does not know `{}`; it takes --check", other.join(" ")),
            },
            other => bail!("there is no command `{other}`\n\n{USAGE}"),
        }
    }
}

impl RunRequest {
    fn parse(args: &[String]) -> Result<Self> {
        let mut parts = args.splitn(2, |arg| arg == "--");
        let own = parts.next().unwrap_or_default();
        let passed_on = parts.next().unwrap_or_default().to_vec();
        let mut fresh = false;
        let mut yes = false;
        for arg in own {
            match arg.as_str() {
                "--fresh" => fresh = true,
                "-y" | "--yes" => yes = true,
                other => bail!(
                    "`run` does not know `{other}`; arguments for the server come after `--`, as in `cargo xtask run -- {other}`"
                ),
            }
        }
        let past = match (fresh, yes) {
            (true, true) => Past::Forget,
            (true, false) => Past::ForgetAfterAsking,
            (false, _) => Past::Keep,
        };
        Ok(Self { past, passed_on })
    }
}

impl Torture {
    fn parse(args: &[String]) -> Result<Self> {
        let mut torture = Self { rounds: 300, seed: 1 };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            let value = args.next().and_then(|value| value.parse().ok());
            match (name.as_str(), value) {
                ("--rounds", Some(rounds)) => torture.rounds = rounds,
                ("--seed", Some(seed)) => torture.seed = seed,
                ("--rounds" | "--seed", None) => bail!("`{name}` takes a whole number"),
                (other, _) => {
                    bail!("`torture` does not know `{other}`; it takes --rounds and --seed")
                }
            }
        }
        Ok(torture)
    }
}

impl MutantPlan {
    fn parse(args: &[String]) -> Result<Self> {
        if args.iter().any(|arg| arg == "--list") {
            return match args {
                [_] => Ok(Self::List),
                _ => bail!("`mutants --list` takes nothing else"),
            };
        }
        let mut names = Vec::new();
        for pair in args.chunks(2) {
            match words(pair).as_slice() {
                ["--only", name] => names.push((*name).to_owned()),
                other => bail!(
                    "`mutants` does not know `{}`; it takes --list, or --only and a name",
                    other.join(" ")
                ),
            }
        }
        Ok(if names.is_empty() { Self::Everything } else { Self::Only(names) })
    }
}

impl TestPlan {
    fn parse(args: &[String]) -> Result<Self> {
        match words(args).as_slice() {
            [] => Ok(Self::Everything),
            ["--fast"] => Ok(Self::WithoutBrowser),
            ["--only", step] => Ok(Self::Only((*step).to_owned())),
            other => {
                bail!(
                    "`test` does not know `{}`; it takes --fast, or --only and a step",
                    other.join(" ")
                )
            }
        }
    }
}

fn without_options(name: &str, rest: &[String], command: Command) -> Result<Command> {
    match rest.first() {
        None => Ok(command),
        Some(extra) => bail!("`{name}` takes no options, and `{extra}` was given"),
    }
}

fn words(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn no_command_shows_the_usage() {
        assert_eq!(parse("").unwrap(), Command::Help);
    }

    #[test]
    fn ci_is_the_same_as_test() {
        assert_eq!(parse("ci").unwrap(), parse("test").unwrap());
    }

    #[test]
    fn what_follows_two_dashes_goes_to_the_server() {
        let Command::Run(request) = parse("run --fresh -- --port 0 -y").unwrap() else {
            panic!("run is a run")
        };

        assert_eq!(request.past, Past::ForgetAfterAsking);
        assert_eq!(request.passed_on, ["--port", "0", "-y"]);
    }

    #[test]
    fn torture_takes_its_numbers() {
        assert_eq!(
            parse("torture --seed 7 --rounds 12").unwrap(),
            Command::Torture(Torture { rounds: 12, seed: 7 })
        );
        assert!(parse("torture --rounds many").is_err());
    }

    #[test]
    fn guards_are_listed_or_chosen_or_all_taken_out() {
        let only = |names: &[&str]| {
            MutantPlan::Only(names.iter().map(|name| (*name).to_owned()).collect())
        };
        for (line, expected) in [
            ("mutants", MutantPlan::Everything),
            ("mutants --list", MutantPlan::List),
            ("mutants --only a --only b", only(&["a", "b"])),
        ] {
            assert_eq!(parse(line).unwrap(), Command::Mutants(expected), "{line}");
        }
        for line in ["mutants --only", "mutants --list --only a", "mutants a"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn yes_alone_forgets_nothing() {
        let Command::Run(request) = parse("run -y").unwrap() else { panic!("run is a run") };

        assert_eq!(request.past, Past::Keep);
    }

    #[test]
    fn a_server_argument_in_the_wrong_place_is_explained() {
        let error = parse("run --port").unwrap_err().to_string();

        assert!(error.contains("cargo xtask run -- --port"), "{error}");
    }

    #[test]
    fn one_step_can_be_chosen() {
        assert_eq!(
            parse("test --only clippy").unwrap(),
            Command::Test(TestPlan::Only("clippy".to_owned()))
        );
    }

    #[test]
    fn an_unknown_command_is_refused() {
        assert!(parse("deploy").is_err());
        assert!(parse("size --big").is_err());
        assert!(parse("test --slow").is_err());
    }
}
