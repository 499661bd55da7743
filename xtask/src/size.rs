//! `cargo xtask size`: what the page weighs, against what it may weigh.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::build::DIST;
use crate::progress;
use crate::workspace::Workspace;

/// What the whole page may weigh in bytes, as a browser that takes brotli receives it. This is what the page weighed when
/// scoreboard, models, validators, review, sessions and bootstrap had come into it, and some air; it has to come down, on the
/// way to 200 000.
const BUDGET: u64 = 1_170_000;

/// How the names of the worker's files begin. The worker is loaded by whoever verifies a mission, measures a manifest or plans
/// from one, and not with the page.
const WORKER: &str = "phase8-checker";

/// What the worker may weigh: what it weighed when it learned to plan a bootstrap and to write its documents, and some air.
const WORKER_BUDGET: u64 = 410_000;

/// One file of the page in the three forms in which it can be sent.
#[derive(Debug, PartialEq, Eq)]
struct Asset {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Prints the table; fails when the page is over its budget.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = workspace.at(DIST);
    if !dist.join("index.html").is_file() {
        bail!("there is no page in {}; `cargo xtask build` makes it", dist.display());
    }
    let mut assets = weigh(&dist)?;
    assets.sort_by_key(|asset| std::cmp::Reverse(asset.brotli));
    progress::say(&format!("{:>9} {:>9} {:>9}  file", "raw", "gzip", "brotli"));
    for asset in &assets {
        progress::say(&row(asset));
    }
    let (worker, page): (Vec<Asset>, Vec<Asset>) =
        assets.into_iter().partition(|asset| asset.name.starts_with(WORKER));
    verdict(&sum("the page", &page), BUDGET)?;
    verdict(&sum("the worker", &worker), WORKER_BUDGET)
}

fn verdict(total: &Asset, budget: u64) -> Result<()> {
    progress::say(&row(total));
    let Asset { name: what, brotli, .. } = total;
    let used = brotli.saturating_mul(100).checked_div(budget).unwrap_or_default();
    if *brotli > budget {
        bail!("{what} weighs {brotli} bytes in brotli; its budget is {budget} ({used} %)");
    }
    progress::say(&format!("{what}: {used} % of its budget of {budget} bytes in brotli"));
    Ok(())
}

fn weigh(folder: &Path) -> Result<Vec<Asset>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files
        .iter()
        .filter(|path| !path.extension().is_some_and(|ending| ending == "br" || ending == "gz"))
        .map(|path| {
            let raw = length(path)?;
            let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
            // A file that compression does not make smaller is sent as it is.
            let sibling = |ending: &str| {
                let compressed = PathBuf::from(format!("{}.{ending}", path.display()));
                if compressed.is_file() { length(&compressed) } else { Ok(raw) }
            };
            Ok(Asset { name, raw, gzip: sibling("gz")?, brotli: sibling("br")? })
        })
        .collect()
}

fn sum(name: &str, assets: &[Asset]) -> Asset {
    let total = |part: fn(&Asset) -> u64| assets.iter().map(part).sum();
    Asset {
        name: name.to_owned(),
        raw: total(|asset| asset.raw),
        gzip: total(|asset| asset.gzip),
        brotli: total(|asset| asset.brotli),
    }
}

fn row(asset: &Asset) -> String {
    format!("{:>9} {:>9} {:>9}  {}", asset.raw, asset.gzip, asset.brotli, asset.name)
}

fn length(path: &Path) -> Result<u64> {
    let metadata = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(metadata.len())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_weighed_in_the_forms_that_lie_beside_it() {
        let folder = std::env::temp_dir().join(format!("xtask-size-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("app.js"), [0; 100]).unwrap();
        fs::write(folder.join("app.js.br"), [0; 10]).unwrap();
        fs::write(folder.join("app.js.gz"), [0; 20]).unwrap();
        fs::write(folder.join("icon.png"), [0; 7]).unwrap();

        let total = sum("together", &weigh(&folder).unwrap());

        assert_eq!((total.raw, total.gzip, total.brotli), (107, 27, 17));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_budget_itself_is_allowed_and_one_byte_more_is_not() {
        let page = |brotli| Asset { name: "the page".to_owned(), raw: 0, gzip: 0, brotli };
        assert!(verdict(&page(BUDGET), BUDGET).is_ok());
        assert!(verdict(&page(BUDGET + 1), BUDGET).is_err());
    }
}
