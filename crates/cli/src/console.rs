//! How the program speaks to people: in colours on a terminal, plainly in a pipe.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use anstream::AutoStream;
use anstyle::{AnsiColor, Reset, Style};

/// Ends any style.
pub(crate) const PLAIN: Reset = Reset;
/// Headings and names.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// It worked.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// It did not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Mind this.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// What can be typed, and other people's names.
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default();

/// Standard output for people. Styles are taken out where it is no terminal.
pub(crate) struct Console {
    out: AutoStream<io::Stdout>,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { out: anstream::stdout() }
    }

    /// Prints a line at once.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Prints an empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        self.line("")
    }
}

/// A duration as people read it: three digits and a unit.
pub(crate) fn short(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let (value, unit) = match seconds {
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    match value {
        v if v < 10.0 => format!("{v:.2} {unit}"),
        v if v < 100.0 => format!("{v:.1} {unit}"),
        v => format!("{v:.0} {unit}"),
    }
}
