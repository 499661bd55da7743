//! What is wrong with a file, or worth knowing: how grave, where, in words, and what to do about it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Blocks a launch.
    Error,
    /// Does not block, but should be read before a signature.
    Warning,
    /// Says how something was understood.
    Info,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One thing found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// A stable kebab-case name for programs, such as `payouts-do-not-sum`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: Cow<'static, str>,
    /// JSON path, such as `$.economics.milestones[2].payoutBps`.
    pub path: String,
    /// Line in the file, from 1, where the file could be read that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong, in words.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// `error payouts-do-not-sum, line 12, $.economics.milestones: the payouts sum to … (add …)`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.code)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ", {}: {}", self.path, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, " ({})", self.help) }
    }
}

/// The findings about one file, in the order of the file. The same file always gives the same list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// No findings.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One finding.
    pub fn one(finding: Finding) -> Self {
        Self(vec![finding])
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Whether any blocks a launch.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.level == Level::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many there are of a level.
    pub fn count(&self, level: Level) -> usize {
        self.at(level).count()
    }

    /// In the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }

    /// Those of a level, in the order of the file.
    pub fn at(&self, level: Level) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(move |finding| finding.level == level)
    }

    /// Those at a JSON path or below it, for showing beside a field.
    pub fn under<'f>(&'f self, path: &'f str) -> impl Iterator<Item = &'f Finding> {
        self.0.iter().filter(move |finding| {
            let rest = finding.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Puts a finding into its place in the order of the file.
    fn insert(&mut self, finding: Finding) {
        let key = |finding: &Finding| (finding.line, finding.column);
        let place = self.0.partition_point(|other| key(other) <= key(&finding));
        self.0.insert(place, finding);
    }
}

/// Collects findings in the order of the file. Of each level the first two hundred are listed and the rest counted: a
/// page cannot show a million.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    findings: Findings,
    dropped: usize,
    gravest_dropped: Option<Level>,
}

impl Collector {
    const LISTED: usize = 200;

    pub(crate) fn add(&mut self, finding: Finding) {
        if self.findings.count(finding.level) < Self::LISTED {
            self.findings.insert(finding);
        } else {
            self.dropped += 1;
            let gravest =
                self.gravest_dropped.map_or(finding.level, |level| level.min(finding.level));
            self.gravest_dropped = Some(gravest);
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.findings.has_errors()
    }

    /// Whether an error is about a path, something below it, or something around it other than the whole file.
    pub(crate) fn blames(&self, path: &str) -> bool {
        let is_below = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.findings.at(Level::Error).any(|finding| {
            is_below(&finding.path, path) || finding.path != "$" && is_below(path, &finding.path)
        })
    }

    pub(crate) fn finish(mut self) -> Findings {
        if let Some(level) = self.gravest_dropped {
            self.findings.push(Finding {
                level,
                code: Cow::Borrowed("more-findings"),
                path: "$".to_owned(),
                line: None,
                column: None,
                message: format!("{} more findings are not listed", self.dropped),
                help: "put those above right first, then read the file again".to_owned(),
            });
        }
        self.findings
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f Finding;
    type IntoIter = std::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What a file was read as, with everything found on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded<T> {
    /// The value; absent if any finding is an error.
    pub value: Option<T>,
    /// Everything that was found.
    pub findings: Findings,
}

impl<T> Loaded<T> {
    /// The value with its remarks, or the findings that stand against it.
    pub fn into_result(self) -> Result<(T, Findings), Findings> {
        match self.value {
            Some(value) => Ok((value, self.findings)),
            None => Err(self.findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(level: Level, path: &str, line: u32) -> Finding {
        Finding {
            level,
            code: Cow::Borrowed("some-code"),
            path: path.to_owned(),
            line: Some(line),
            column: Some(1),
            message: "it is so".to_owned(),
            help: "do this".to_owned(),
        }
    }

    #[test]
    fn findings_cross_the_wire_unchanged() {
        let findings = Findings(vec![finding(Level::Warning, "$.a", 3)]);

        let wire = serde_json::to_string(&findings).unwrap();

        insta::assert_snapshot!(wire, @r#"[{"level":"warning","code":"some-code","path":"$.a","line":3,"column":1,"message":"it is so","help":"do this"}]"#);
        assert_eq!(serde_json::from_str::<Findings>(&wire).unwrap(), findings);
    }

    #[test]
    fn a_flood_of_findings_is_cut_and_the_errors_stay() {
        let mut collector = Collector::default();
        for line in (1..=500).rev() {
            collector.add(finding(
                if line == 7 { Level::Error } else { Level::Warning },
                "$",
                line,
            ));
        }

        let findings = collector.finish();

        assert_eq!(findings.len(), 202);
        assert_eq!(findings.iter().next().unwrap().line, Some(7));
        let last = findings.iter().last().unwrap();
        assert_eq!(
            (last.level, last.message.as_str()),
            (Level::Warning, "299 more findings are not listed")
        );
    }

    #[test]
    fn findings_are_found_beside_their_field() {
        let findings = Findings(vec![
            finding(Level::Info, "$.ab", 1),
            finding(Level::Info, "$.a[0].b", 2),
            finding(Level::Info, "$.a", 3),
        ]);

        let lines: Vec<_> = findings.under("$.a").filter_map(|finding| finding.line).collect();

        assert_eq!(lines, [2, 3]);
    }
}
