//! How the program speaks to people: as the scripts do, in colours on a terminal only.

use anstyle::{AnsiColor, Reset, Style};

/// Ends any style.
pub(crate) const PLAIN: Reset = Reset;
/// What the lines below are about.
pub(crate) const STRONG: Style = Style::new().bold();
/// It is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Mind this.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// It is not as it should be.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// Says what was made.
pub(crate) fn made(text: &str) {
    anstream::println!("  {GOOD}✓{PLAIN} {text}");
}
