//! `PostgreSQL`: Debian's packages, and a private server for the time of a test run.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup::{apt, kit};
use crate::tools::POSTGRES_PACKAGE;
use crate::workspace::Workspace;
use crate::{process, progress};

/// Installs the server without the cluster that Debian would make and start with it: nothing but the tests uses it, and
/// they start their own. The setting is Debian's own, and it is put back.
const INSTALL: &str = r#"
set -e
apt-get -q install -y --no-install-recommends "$1-common"
settings=/etc/postgresql-common/createcluster.conf
cp -p "$settings" "$settings.before"
trap 'mv "$settings.before" "$settings"' EXIT
printf '\ncreate_main_cluster = false\n' >>"$settings"
apt-get -q install -y --no-install-recommends "$1"
"#;

const WHAT: &str = "PostgreSQL";
const WHY: &str = "for the tests of the event store";

/// Whether a server could be started.
pub(super) fn is_there() -> bool {
    let debian = || Some(Path::new("/usr/lib/postgresql").read_dir().ok()?.filter_map(Result::ok));
    let mut versions = debian().into_iter().flatten();
    versions.any(|version| version.path().join("bin/initdb").is_file())
        || kit::find_program("initdb").is_some()
}

/// Installs the server.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    progress::step("PostgreSQL, for the tests of the event store", |step| {
        apt::update(workspace, step, &[POSTGRES_PACKAGE], WHAT, WHY)?;
        let mut install = apt::as_root(step, WHAT, WHY, POSTGRES_PACKAGE)?;
        install.args(["sh", "-c", INSTALL, "sh", POSTGRES_PACKAGE]);
        process::run(step, &mut install, &workspace.log("apt-install"))
            .with_context(|| apt::by_hand(WHAT, WHY, POSTGRES_PACKAGE))
    })
}

/// A server that lives as long as this value, and no longer than this process.
#[derive(Debug)]
pub(crate) struct Server {
    script: Child,
    url: String,
}

impl Server {
    /// Starts one.
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        let path = workspace.at("xtask/private-postgres.sh");
        let mut script = Command::new("sh")
            .arg(&path)
            // Who stops this program stops its group; the script outlives that for as long as it needs to tidy up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", path.display()))?;
        let mut url = String::new();
        if let Some(stdout) = script.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut url)
                .context("the server's address is unreadable")?;
        }
        if url.is_empty() {
            let mut words = String::new();
            if let Some(mut stderr) = script.stderr.take() {
                stderr.read_to_string(&mut words).context("the server's words are unreadable")?;
            }
            script.wait().context("lost sight of the server")?;
            bail!("{}", words.trim_end());
        }
        Ok(Self { script, url: url.trim().to_owned() })
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Without its input the script stops the server and removes its folder.
        self.script.stdin.take();
        self.script.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_until_it_is_dropped_and_leaves_nothing_behind() {
        let server = Server::start(&Workspace::locate().unwrap()).unwrap();
        let (_, folder) = server.url().split_once("host=").unwrap();
        let folder = Path::new(folder).to_owned();
        let socket = folder.join(".s.PGSQL.5432");

        std::os::unix::net::UnixStream::connect(&socket).unwrap();
        drop(server);

        assert!(!folder.exists(), "{} is still there", folder.display());
    }
}
