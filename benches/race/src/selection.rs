//! Who takes part in what.

use std::fmt;

use clap::ValueEnum;

use crate::contestant::{CONTESTANTS, Contestant};

/// Work that is run or left out as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    Receive,
    Send,
    Echo,
    Connect,
    Allocations,
    Memory,
    Cold,
    Size,
    Idle,
    Server,
    Limits,
}

/// What `--only` leaves.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) contestants: Vec<&'static Contestant>,
    groups: Vec<Group>,
}

/// A name that nobody has.
#[derive(Debug, thiserror::Error)]
#[error("unknown: {name}. Contestants are {}; groups of work are {}.",
    names(CONTESTANTS.iter().map(|it| it.name)), names(Group::value_variants().iter()))]
pub(crate) struct Unknown {
    name: String,
}

impl Selection {
    /// Names of contestants leave only these, and names of groups only those. Where there are
    /// none of a kind, all take part.
    pub(crate) fn of(names: &[String]) -> Result<Self, Unknown> {
        let is_contestant = |name: &str| CONTESTANTS.iter().any(|it| it.name == name);
        let mut groups = Vec::new();
        for name in names.iter().filter(|name| !is_contestant(name)) {
            let group = Group::from_str(name, false);
            groups.push(group.map_err(|_| Unknown { name: name.clone() })?);
        }
        if groups.is_empty() {
            groups = Group::value_variants().to_vec();
        }
        let is_all = !names.iter().any(|name| is_contestant(name));
        let is_in = |it: &&Contestant| is_all || names.iter().any(|name| name == it.name);
        Ok(Self { contestants: CONTESTANTS.iter().filter(is_in).collect(), groups })
    }

    pub(crate) fn has(&self, group: Group) -> bool {
        self.groups.contains(&group)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

fn names(names: impl Iterator<Item = impl fmt::Display>) -> String {
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(names: &[&str]) -> Result<Selection, Unknown> {
        Selection::of(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn without_names_all_take_part() {
        let all = selected(&[]).expect("all");
        assert_eq!(all.contestants.len(), CONTESTANTS.len());
        assert!(Group::value_variants().iter().all(|group| all.has(*group)));
    }

    #[test]
    fn contestants_and_groups_are_told_apart() {
        let some = selected(&["limit", "echo", "aldis-flow"]).expect("some");
        let names: Vec<_> = some.contestants.iter().map(|it| it.name).collect();
        assert_eq!(names, ["aldis-flow", "limit"]);
        assert!(some.has(Group::Echo) && !some.has(Group::Receive));
        assert!(selected(&["limit"]).expect("one").has(Group::Receive));
        assert_eq!(selected(&["size"]).expect("all").contestants.len(), CONTESTANTS.len());
    }

    #[test]
    fn a_name_that_nobody_has_is_told_with_those_that_there_are() {
        let error = selected(&["okhttp"]).expect_err("unknown").to_string();
        assert!(error.starts_with("unknown: okhttp. Contestants are aldis-flow, "), "{error}");
        assert!(error.contains("cold, size, idle"), "{error}");
    }
}
