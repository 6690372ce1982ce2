//! The lines that the doctor prints.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{BAD, Console, FAINT, GOOD, NOTE, PLAIN, STRONG, short};

/// How often the spinner of a step turns.
const TICK: Duration = Duration::from_millis(100);

/// Prints steps as they are done, and remembers whether one failed.
pub(super) struct Report {
    console: Console,
    /// What is being done, on a terminal.
    current: Option<ProgressBar>,
    failed: bool,
}

impl Report {
    pub(super) fn new() -> Self {
        Self { console: Console::new(), current: None, failed: false }
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Shows that a step is under way.
    pub(super) fn begin(&mut self, step: &str) {
        let spinner = ProgressBar::new_spinner().with_message(step.to_owned());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} … {elapsed}") {
            spinner.set_style(style);
        }
        spinner.enable_steady_tick(TICK);
        self.current = Some(spinner);
    }

    fn line(&mut self, text: impl Display) -> io::Result<()> {
        if let Some(spinner) = self.current.take() {
            spinner.finish_and_clear();
        }
        self.console.line(text)
    }

    pub(super) fn heading(&mut self, text: impl Display) -> io::Result<()> {
        self.line(format_args!("{STRONG}{text}{PLAIN}"))
    }

    /// A step that went well, with how long it took where that matters.
    pub(super) fn good(
        &mut self,
        step: &str,
        took: Option<Duration>,
        detail: impl Display,
    ) -> io::Result<()> {
        let took = took.map(short).unwrap_or_default();
        self.line(format_args!("  {GOOD}✓{PLAIN} {step:<16}{took:>9}  {detail}"))
    }

    /// A step that went well enough, and what is odd about it.
    pub(super) fn odd(&mut self, step: &str, detail: impl Display) -> io::Result<()> {
        self.line(format_args!("  {NOTE}!{PLAIN} {step:<25}  {detail}"))
    }

    /// A step that was left out.
    pub(super) fn skipped(&mut self, step: &str, why: impl Display) -> io::Result<()> {
        self.line(format_args!("  {FAINT}· {step:<25}  {why}{PLAIN}"))
    }

    /// A step that failed, and what to do about it.
    pub(super) fn bad(
        &mut self,
        step: &str,
        problem: impl Display,
        advice: impl Display,
    ) -> io::Result<()> {
        self.failed = true;
        self.line(format_args!("  {BAD}✗{PLAIN} {step:<25}  {problem}"))?;
        self.line(format_args!("    {:<25}  {STRONG}→ {advice}{PLAIN}", ""))
    }
}
