//! Numbers as they are measured, and as people read them.

/// A count as a number to divide by; beyond 2⁵³ it would not be exact, and nothing here is.
#[expect(clippy::cast_precision_loss, reason = "no count is that large")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

pub(crate) fn seconds(nanos: u64) -> f64 {
    float(nanos) / 1e9
}

pub(crate) fn millis(nanos: u64) -> f64 {
    float(nanos) / 1e6
}

pub(crate) fn micros(nanos: u64) -> f64 {
    float(nanos) / 1e3
}

/// A number with three digits that matter, in thousands or millions where it is large.
pub(crate) fn quantity(number: f64) -> String {
    match number.abs() {
        n if n >= 1e6 => format!("{:.2} M", number / 1e6),
        n if n >= 1e5 => format!("{:.0} k", number / 1e3),
        n if n >= 1e4 => format!("{:.1} k", number / 1e3),
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        n if n >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

/// How many times as good something is.
pub(crate) fn times(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

/// The size of a message.
pub(crate) fn bytes(bytes: u32) -> String {
    if bytes.is_multiple_of(1024) { format!("{} KiB", bytes / 1024) } else { format!("{bytes} B") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_matter() {
        let told = [1_234_567.0, 234_567.0, 34_567.0, 4_567.0, 56.78, 6.789, 0.4567].map(quantity);
        assert_eq!(told, ["1.23 M", "235 k", "34.6 k", "4567", "56.8", "6.79", "0.457"]);
    }

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!([100, 1_024, 16_384].map(bytes), ["100 B", "1 KiB", "16 KiB"]);
    }
}
