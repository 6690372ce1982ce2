//! What was found out, part by part, and how it is told.

use std::fmt::{self, Display};

use crate::console::{BAD, GOOD, NOTE, PLAIN, STRONG};

enum Verdict {
    Good,
    Unchecked,
    Bad,
}

/// What was found out about one part.
pub(crate) struct Section {
    title: String,
    lines: Vec<(Verdict, String)>,
}

impl Section {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), lines: Vec::new() }
    }

    /// It is as it should be.
    pub(crate) fn good(&mut self, text: impl Into<String>) {
        self.lines.push((Verdict::Good, text.into()));
    }

    /// It was not looked at.
    pub(crate) fn unchecked(&mut self, text: impl Into<String>) {
        self.lines.push((Verdict::Unchecked, text.into()));
    }

    /// It is not as it should be.
    pub(crate) fn bad(&mut self, text: impl Into<String>) {
        self.lines.push((Verdict::Bad, text.into()));
    }

    /// Says what is good where a check has found nothing, and else each finding.
    pub(crate) fn judge(&mut self, findings: Vec<String>, good: impl Into<String>) {
        if findings.is_empty() {
            self.good(good);
        }
        for finding in findings {
            self.bad(finding);
        }
    }

    /// How many lines say that something is not as it should be.
    pub(crate) fn failures(&self) -> usize {
        self.lines.iter().filter(|(verdict, _)| matches!(verdict, Verdict::Bad)).count()
    }
}

impl Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{STRONG}▸ {}{PLAIN}", self.title)?;
        for (verdict, text) in &self.lines {
            match verdict {
                Verdict::Good => writeln!(f, "  {GOOD}✓{PLAIN} {text}")?,
                Verdict::Unchecked => writeln!(f, "  {NOTE}! NOT CHECKED: {text}{PLAIN}")?,
                Verdict::Bad => writeln!(f, "  {BAD}✗ {text}{PLAIN}")?,
            }
        }
        Ok(())
    }
}

/// The first few of many, as a text for people.
pub(crate) fn some_of<T: AsRef<str>>(all: &[T]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = all.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let shown = shown.join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}
