//! Whether the rules for R8 keep enough to work, and no more: an app pays for each class.

use crate::report::Section;

/// What keeps classes or their members, or their names.
const KEEPS: [&str; 6] = [
    "-keep",
    "-keepclassmembers",
    "-keepclasseswithmembers",
    "-keepnames",
    "-keepclassmembernames",
    "-keepclasseswithmembernames",
];
/// The options that a library decides for an app by.
const GLOBAL: [&str; 4] = ["-dontobfuscate", "-dontoptimize", "-dontshrink", "-ignorewarnings"];
/// Where a wildcard may stand in.
const WIDEST: &str = "wildcards belong below com.sun.jna, or into a package below dev.aldis";

/// A rule: its option, and what follows up to the next.
struct Rule<'a> {
    option: &'a str,
    rest: &'a str,
}

pub(super) fn examine(rules: Option<&[u8]>) -> Section {
    let mut section = Section::new("proguard.txt");
    let Some(rules) = rules else {
        section.bad("It is lacking");
        return section;
    };
    let text = without_comments(&String::from_utf8_lossy(rules));
    let rules = parse(&text);
    if rules.is_empty() {
        section.bad("It is empty: R8 would take away what JNA and Rust look up by name");
        return section;
    }
    let findings = rules.iter().flat_map(judge).collect();
    section.judge(findings, format!("{} rules, none too wide", rules.len()));
    section
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(rule, _)| rule));
    lines.collect::<Vec<_>>().join("\n")
}

/// Options begin with a hyphen that follows white space, outside of braces.
fn parse(text: &str) -> Vec<Rule<'_>> {
    let (mut depth, mut starts, mut after_space) = (0_usize, Vec::new(), true);
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '-' if depth == 0 && after_space => starts.push(at),
            _ => {}
        }
        after_space = character.is_whitespace() || character == '}';
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    let rules = starts.iter().zip(ends).map(|(start, end)| {
        let rule = text[*start..end].trim();
        let end = rule.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rule.len());
        Rule { option: &rule[..end], rest: &rule[end..] }
    });
    rules.collect()
}

fn judge(rule: &Rule<'_>) -> Vec<String> {
    let Rule { option, rest } = rule;
    match *option {
        keep if KEEPS.contains(&keep) => too_wide(rule),
        global if GLOBAL.contains(&global) => {
            vec![format!("{global} is for the app to decide, not for a library")]
        }
        "-dontwarn" | "-dontnote" => {
            let all = if rest.trim().is_empty() { vec!["**"] } else { list(rest).collect() };
            let wide = all.into_iter().filter(|pattern| !literal(pattern).contains('.'));
            wide.map(|pattern| format!("{option} {pattern} hides warnings of the whole app"))
                .collect()
        }
        "-keepattributes" => {
            let wide = list(rest).filter(|pattern| !pattern.contains(char::is_alphabetic));
            wide.map(|pattern| format!("{option} {pattern} keeps what nobody asks for")).collect()
        }
        // A condition of the rule that follows, which is looked at by itself.
        "-if" => Vec::new(),
        other => vec![format!("{other} has no place in the rules of a library")],
    }
}

/// What a rule keeps beyond what is ours or JNA's.
fn too_wide(rule: &Rule<'_>) -> Vec<String> {
    let head = rule.rest.split('{').next().unwrap_or_default();
    let mut words =
        head.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let annotated = words
        .by_ref()
        .take_while(|word| {
            let kind = word.trim_start_matches('!');
            !["class", "interface", "enum", "@interface"].contains(&kind)
        })
        .any(|word| word.strip_prefix('@').is_some_and(is_ours));
    let words: Vec<_> = words.collect();
    let names = words.iter().take_while(|word| !["extends", "implements"].contains(*word));
    let names: Vec<_> = names.collect();
    let parent = words.get(names.len() + 1);
    if annotated || parent.is_some_and(|parent| is_ours(parent.trim_start_matches('@'))) {
        return Vec::new();
    }
    if names.is_empty() {
        return vec![format!("{}{head} names no class", rule.option)];
    }
    let wide = names.into_iter().filter(|name| {
        !name.starts_with('!') && literal(name).len() < name.len() && !wildcard_is_ours(name)
    });
    wide.map(|name| format!("{} of {name} is too wide: {WIDEST}", rule.option)).collect()
}

/// Whether a class is one of Aldis or JNA.
fn is_ours(name: &str) -> bool {
    literal(name).starts_with("dev.aldis.") || literal(name).starts_with("com.sun.jna.")
}

/// Whether a pattern matches nothing beyond JNA, or beyond one package within ours.
fn wildcard_is_ours(pattern: &str) -> bool {
    let literal = literal(pattern);
    literal.starts_with("com.sun.jna.")
        || literal.strip_prefix("dev.aldis.").is_some_and(|within| within.contains('.'))
}

/// A pattern up to its first wildcard.
fn literal(pattern: &str) -> &str {
    pattern.split(['*', '?', '%', '<']).next().unwrap_or_default()
}

fn list(rest: &str) -> impl Iterator<Item = &str> {
    rest.split(',').map(str::trim).filter(|word| !word.is_empty())
}
