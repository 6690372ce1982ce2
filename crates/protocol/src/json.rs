//! Finds where a JSON value ends, about as fast as its text can be read.
//!
//! Most of what a message costs beyond its decryption is the look through its payload. serde does it
//! too; this is several times faster, because it looks at many bytes of a string at once. It
//! refuses what serde refuses (the tests and a fuzz target compare them), and nesting beyond
//! [`MAX_DEPTH`], so whoever gets no answer from here asks serde.

use memchr::memchr2;

/// Nested lists and objects that are followed.
const MAX_DEPTH: u32 = u64::BITS;

/// The end of the JSON value that begins where `text` does, without a blank before it. `None` if
/// there is none, or one that is nested too deeply.
pub(crate) fn end_of_value(text: &[u8]) -> Option<usize> {
    let mut scan = Scan { text, at: 0, objects: 0, depth: 0 };
    loop {
        let opened = scan.begin_value()?;
        if !opened && scan.end_values()? {
            return Some(scan.at);
        }
    }
}

/// How many bytes at the beginning need no look in a string: neither a quote, nor a backslash, nor a
/// control character.
pub(crate) fn plain_prefix(text: &[u8]) -> usize {
    let plain = &text[..memchr2(b'"', b'\\', text).unwrap_or(text.len())];
    // The least byte instead of the first control character: that is what makes vectors of it.
    let least = plain.iter().copied().fold(u8::MAX, u8::min);
    if is_control(least) {
        plain.iter().take_while(|byte| !is_control(**byte)).count()
    } else {
        plain.len()
    }
}

fn is_control(byte: u8) -> bool {
    byte < 0x20
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// Of the values that are open, which are objects: the innermost is the last bit.
    objects: u64,
    depth: u32,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Steps over a byte.
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Steps into a list or an object that is not empty, which is told by `true`, or over any other
    /// value.
    fn begin_value(&mut self) -> Option<bool> {
        match self.peek()? {
            b'"' => self.string()?,
            b'{' => return self.open(true, b'}'),
            b'[' => return self.open(false, b']'),
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            _ => return None,
        }
        Some(false)
    }

    fn open(&mut self, is_object: bool, end: u8) -> Option<bool> {
        self.at += 1;
        self.skip_blanks();
        if self.expect(end).is_some() {
            return Some(false);
        }
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u64::from(is_object);
        if is_object {
            self.key()?;
        }
        Some(true)
    }

    /// Behind a value: ends what it was the last of, and steps to the next one. `true` if there is
    /// none, because the outermost value has ended.
    fn end_values(&mut self) -> Option<bool> {
        while self.depth > 0 {
            self.skip_blanks();
            let is_object = self.objects & 1 == 1;
            match self.peek()? {
                b',' => {
                    self.at += 1;
                    self.skip_blanks();
                    if is_object {
                        self.key()?;
                    }
                    return Some(false);
                }
                b'}' if is_object => {}
                b']' if !is_object => {}
                _ => return None,
            }
            self.at += 1;
            self.depth -= 1;
            self.objects >>= 1;
        }
        Some(true)
    }

    /// A key, and what comes before its value.
    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.skip_blanks();
        self.expect(b':')?;
        self.skip_blanks();
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            self.at += plain_prefix(&self.text[self.at..]);
            match self.peek()? {
                b'"' => return self.expect(b'"'),
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let digits = match self.text.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return None,
        };
        let digits = self.text.get(self.at + 2..self.at + 2 + digits)?;
        self.at += 2 + digits.len();
        digits.iter().all(u8::is_ascii_hexdigit).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.expect(b'-');
        if self.expect(b'0').is_none() {
            self.digits()?;
        }
        if self.expect(b'.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn literal(&mut self, word: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    fn end(text: &str) -> Option<usize> {
        end_of_value(text.as_bytes())
    }

    #[test]
    fn what_follows_a_value_is_not_looked_at() {
        for (text, value) in [
            (r#""a"x"#, r#""a""#),
            ("12,", "12"),
            ("-0.5e+7}", "-0.5e+7"),
            ("007", "0"),
            ("[1, [ ], { }]]", "[1, [ ], { }]"),
            (
                r#"{"a" : {"b":[null ,true]}, "\"":"\ud800\/"}"id""#,
                r#"{"a" : {"b":[null ,true]}, "\"":"\ud800\/"}"#,
            ),
            ("falsetrue", "false"),
        ] {
            assert_eq!(end(text), Some(value.len()), "{text}");
        }
    }

    #[test]
    fn what_is_no_value_has_no_end() {
        for text in [
            "",
            " 1",
            "+1",
            "-",
            ".5",
            "1.",
            "1e",
            "1e+",
            "nu",
            "nul",
            "'a'",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{",
            "}",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "{1:2}",
            "{\"a\":1]",
            "\"",
            "\"a",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u12",
            "\"a\tb\"",
            "\"a\u{0}\"",
        ] {
            assert_eq!(end(text), None, "{text}");
        }
    }

    #[test]
    fn nesting_is_followed_to_its_bound() {
        for (depth, found) in [(1, true), (64, true), (65, false)] {
            let text = "[".repeat(depth) + "1" + &"]".repeat(depth);
            assert_eq!(end(&text), found.then_some(text.len()), "{depth}");
        }
    }

    #[test]
    fn special_bytes_are_found_wherever_they_are() {
        for length in 0..100 {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(plain_prefix(plain.as_bytes()), plain.len());
            for special in ["\"", "\\", "\u{1f}", "\0"] {
                let text = format!("{plain}{special}{plain}\"");
                assert_eq!(plain_prefix(text.as_bytes()), plain.len(), "{text:?}");
            }
        }
        // What only looks like one when the sign of a byte is mistaken.
        assert_eq!(plain_prefix("\u{7f}\u{80}\u{a0}ÿ \u{10ffff}".as_bytes()), 12);
    }

    proptest! {
        #[test]
        fn serde_agrees(text in r#"([\[\]{},: \n"\\a1.\-+eE0]|"a"|"\\u00e9"|true|null){0,24}"#) {
            let text = text.trim_ascii();
            let is_value = serde_json::from_str::<&RawValue>(text).is_ok();
            prop_assert_eq!(end(text) == Some(text.len()), is_value, "{}", text);
        }

        #[test]
        fn values_end_where_they_were_written_to_end(value in values(), rest in r#"[\]},"x ]{0,3}"#) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let longer = format!("{text}{rest}");
                let ends_itself = value.is_string() || value.is_array() || value.is_object();
                prop_assume!(ends_itself || !rest.starts_with('x'));
                prop_assert_eq!(end(&longer), Some(text.len()), "{}", longer);
                // Cut off anywhere, it has no end, but for numbers.
                if ends_itself {
                    for (cut, _) in text.char_indices() {
                        prop_assert_eq!(end(&text[..cut]), None);
                    }
                }
            }
        }
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::hash_map(".{0,3}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
