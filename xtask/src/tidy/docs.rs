//! Paths that the documents name must exist: in backticks from the root, in links from the document.

use std::path::Path;

use crate::tidy::Finding;
use crate::tidy::sources::Source;
use crate::workspace::Workspace;

/// Folders that are made by running things, so that they may be named and not be there.
const MADE: [&str; 6] = [".phase8", "dist", "output", "storage", "target", "tests/artifacts"];
/// A word with a slash and one of these endings is a path, wherever it begins.
const ENDINGS: [&str; 10] = ["rs", "sol", "toml", "mjs", "css", "md", "html", "svg", "png", "sh"];

/// Checks the README and everything below `docs`.
pub(super) fn check(workspace: &Workspace, sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.path == "README.md" || is_document(&source.path))
        .flat_map(|source| check_document(workspace.root(), source))
        .collect()
}

fn is_document(path: &str) -> bool {
    path.starts_with("docs/") && Path::new(path).extension().is_some_and(|ending| ending == "md")
}

fn check_document(root: &Path, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fenced = false;
    for (index, line) in source.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let number = index.saturating_add(1);
        for word in in_backticks(line) {
            if let Some(path) = named_path(root, word)
                && !root.join(path).exists()
            {
                findings.push(missing(source, number, path));
            }
        }
        let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
        for link in links(line) {
            if !root.join(folder).join(link).exists() {
                findings.push(missing(source, number, link));
            }
        }
    }
    findings
}

fn missing(source: &Source, line: usize, path: &str) -> Finding {
    Finding::at(&source.path, line, format!("names `{path}`, which does not exist"))
}

fn in_backticks(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The path that a word in backticks stands for, if it stands for one.
fn named_path<'a>(root: &Path, word: &'a str) -> Option<&'a str> {
    let plain = |character: char| character.is_alphanumeric() || "/._-".contains(character);
    let (first, _) = word.split_once('/')?;
    let made = MADE.iter().any(|folder| Path::new(word).starts_with(folder));
    if !word.chars().all(plain) || first.is_empty() || made {
        return None;
    }
    let ending = Path::new(word).extension().and_then(|ending| ending.to_str()).unwrap_or("");
    (root.join(first).exists() || ENDINGS.contains(&ending)).then_some(word)
}

/// Targets of links that lead to files.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', '#', ' ']).next()?;
        let is_file = !target.is_empty() && !target.contains(':') && !target.starts_with('/');
        is_file.then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let source = Source { path: "docs/SAMPLE.md".to_owned(), text: text.to_owned() };
        check_document(root, &source).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_path_that_is_there_may_be_named() {
        assert_eq!(findings("See `xtask/src/main.rs` and `xtask/src/`."), [""; 0]);
    }

    #[test]
    fn a_path_that_is_gone_is_found_with_its_line() {
        assert_eq!(
            findings("One.\nSee `xtask/src/gone.rs`."),
            ["docs/SAMPLE.md:2: names `xtask/src/gone.rs`, which does not exist"]
        );
        assert_eq!(findings("`old-crate/src/lib.rs`").len(), 1);
    }

    #[test]
    fn words_that_are_no_paths_are_let_be() {
        assert_eq!(
            findings(
                "`/api/v1/missions`, `cargo xtask run`, `storage/phase8/x.json`, `tests/artifacts/`, `application/json`, `a/{id}`"
            ),
            [""; 0]
        );
        assert_eq!(findings("```\nxtask/src/gone.rs `xtask/src/gone.rs`\n```"), [""; 0]);
    }

    #[test]
    fn links_are_followed_from_the_document() {
        assert_eq!(
            findings("[build](../xtask/Cargo.toml#deps) [out](https://example.org/a)"),
            [""; 0]
        );
        assert_eq!(findings("[build](xtask/Cargo.toml)").len(), 1);
    }
}
