//! Documents of the owner's files: the page saves what the command line writes.

use anyhow::{Context, Result, ensure};

use crate::stage::Stage;

impl Stage {
    /// Saves every document of a card, and holds it against what `phase8 directives` or `phase8 extensions` writes of the same
    /// file: they are the same to the last letter but for the digits of the time.
    pub(crate) async fn same_documents(&self, card: &str, command: &str) -> Result<()> {
        let file = match command {
            "directives" => "configs/owner-directives.json",
            _ => "configs/contract-extensions.json",
        };
        let folder = tempfile::tempdir()?;
        let run = std::process::Command::new(&self.parts.phase8)
            .current_dir(&self.parts.root)
            .args([command, file, "--output"])
            .arg(folder.path())
            .env("PHASE8__STORAGE__DATA", self.control.data())
            .output()?;
        ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let mut written = 0;
        for entry in std::fs::read_dir(folder.path())? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).context("a name")?;
            let document = format!("[data-testid=\"{card}\"] [data-id=\"{name}\"] button");
            self.page.click(&document).await?;
            let saved = self.page.downloaded(name).await?;
            let plain = |text: &str| text.replace(|letter: char| letter.is_ascii_digit(), "#");
            let of_command_line = std::fs::read_to_string(&path)?;
            ensure!(
                plain(&saved) == plain(&of_command_line),
                "{name} differs:\n{saved}\n{of_command_line}"
            );
            written += 1;
        }
        assert_eq!(written, 3, "JSON, Markdown and Mermaid");
        Ok(())
    }
}
