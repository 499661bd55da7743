//! What an HTML page loads: scripts, styles and modules, with the integrity hash that each is loaded under.

use std::collections::BTreeMap;
use std::path::Path;

/// What a page loads, by address, with its integrity hash.
pub(super) fn loaded(html: &str) -> BTreeMap<String, Option<String>> {
    let mut found = BTreeMap::new();
    let mut note = |address: &str, integrity: Option<&String>| {
        let known = found.entry(address.to_owned()).or_insert(None);
        if known.is_none() {
            *known = integrity.cloned();
        }
    };
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let is_tag = |name: &str| {
            after.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && after.get(name.len()..).is_some_and(|next| {
                    next.starts_with(|letter: char| letter.is_ascii_whitespace() || letter == '>')
                })
        };
        if is_tag("script") {
            let (attributes, following) =
                attributes(after.get("script".len()..).unwrap_or_default());
            if let Some(address) = attributes.get("src") {
                note(address, attributes.get("integrity"));
            } else {
                let content = following.split("</script").next().unwrap_or_default();
                for address in imports(content) {
                    note(&address, None);
                }
            }
            rest = following;
        } else if is_tag("link") {
            let (attributes, following) = attributes(after.get("link".len()..).unwrap_or_default());
            let kind = attributes.get("rel").map(|rel| rel.to_ascii_lowercase());
            if let (Some("stylesheet" | "modulepreload" | "preload"), Some(address)) =
                (kind.as_deref(), attributes.get("href"))
            {
                note(address, attributes.get("integrity"));
            }
            rest = following;
        }
    }
    found
}

/// The attributes of a tag, and what follows the tag.
fn attributes(text: &str) -> (BTreeMap<String, String>, &str) {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(following) = rest.strip_prefix('>') {
            return (found, following);
        }
        let end = rest
            .find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '=' | '>'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() && after.is_empty() {
            return (found, "");
        }
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            found.insert(name.to_ascii_lowercase(), String::new());
            rest = after;
            continue;
        };
        let quote = value.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let (value, after) = if let Some(quote) = quote {
            let inside = value.get(1..).unwrap_or_default();
            inside.split_once(quote).unwrap_or((inside, ""))
        } else {
            let end = value
                .find(|letter: char| letter.is_ascii_whitespace() || letter == '>')
                .unwrap_or(value.len());
            value.split_at(end)
        };
        found.insert(name.to_ascii_lowercase(), value.to_owned());
        rest = after.trim_start();
    }
}

/// Modules that an inline script names in quotes.
fn imports(script: &str) -> Vec<String> {
    script
        .split(['\'', '"', '`'])
        .filter(|part| {
            let ending = Path::new(part).extension().and_then(|ending| ending.to_str());
            matches!(ending, Some("js" | "mjs" | "wasm")) && !part.contains(char::is_whitespace)
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_a_page_loads_is_found_with_its_hash() {
        let html = r#"<!doctype html><script data-x integrity=sha384-a src=/policy.js></script>
            <script type="module">import init from '/app.js'; await init('/app_bg.wasm'); if (1 < 2) {}</script>
            <link crossorigin href="/app.js" integrity='sha384-b' rel="modulepreload">
            <LINK REL=stylesheet href=/base.css><link rel=icon href=/icon.svg>
            <script src="https://elsewhere.example/x.js"></script><scripted src=/no.js>"#;

        let found: Vec<String> =
            loaded(html).into_iter().map(|(address, hash)| format!("{address} {hash:?}")).collect();

        assert_eq!(
            found,
            [
                "/app.js Some(\"sha384-b\")",
                "/app_bg.wasm None",
                "/base.css None",
                "/policy.js Some(\"sha384-a\")",
                "https://elsewhere.example/x.js None",
            ]
        );
    }

    #[test]
    fn broken_markup_ends() {
        for html in ["<script", "<script src", "<script src=", "<script src='", "<link <link", "<"]
        {
            let _ = loaded(html);
        }
    }
}
