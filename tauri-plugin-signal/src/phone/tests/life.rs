//! An app that is left and opened again.

use super::super::Hint::{Resumed, Suspended};
use super::Fact::{Background, Expiring, Foreground, Woke};
use super::*;

/// A phone that has been in a network for long, with the app open.
fn opened(policy: BackgroundPolicy, grace: u64) -> Diary {
    let mut diary = Diary::new(policy, grace);
    diary.at(0, Fact::Path { link: Some("en0".into()) });
    diary.at(0, Foreground);
    diary.until(HOUR);
    assert_eq!(diary.told, []);
    diary
}

fn by_default() -> Diary {
    opened(BackgroundPolicy::Foreground, 45_000)
}

#[test]
fn the_connection_outlives_the_foreground_by_the_grace() {
    let mut diary = by_default();
    diary.at(HOUR, Background);
    diary.at(2 * HOUR, Foreground);
    assert_eq!(diary.told(), [(Suspended, HOUR + 45_000), (Resumed, 2 * HOUR)]);
}

#[test]
fn who_comes_back_within_the_grace_is_resumed_and_nothing_else() {
    let mut diary = by_default();
    diary.at(HOUR, Background);
    diary.at(HOUR + 44_999, Foreground);
    assert_eq!(diary.told(), [(Resumed, HOUR + 44_999)]);
}

#[test]
fn no_grace_ends_the_connection_at_once() {
    let mut diary = opened(BackgroundPolicy::Foreground, 0);
    diary.at(HOUR, Background);
    assert_eq!(diary.told(), [(Suspended, HOUR)]);
}

#[test]
fn an_app_that_begins_in_the_background_has_the_grace_too() {
    let mut diary = by_default();
    diary.at(HOUR, Background);
    diary.at(HOUR + 1_000, Background);
    assert_eq!(diary.told(), [(Suspended, HOUR + 45_000)]);
}

#[test]
fn an_app_that_is_about_to_be_frozen_lets_the_connection_go() {
    let mut diary = by_default();
    diary.at(HOUR, Background);
    diary.at(HOUR + 25_000, Expiring);
    diary.at(2 * HOUR, Foreground);
    assert_eq!(diary.told(), [(Suspended, HOUR + 25_000), (Resumed, 2 * HOUR)]);
}

#[test]
fn an_app_that_was_opened_meanwhile_is_not_frozen() {
    let mut diary = by_default();
    diary.at(HOUR, Background);
    diary.at(HOUR + 25_000, Foreground);
    diary.at(HOUR + 25_001, Expiring);
    assert_eq!(diary.told(), [(Resumed, HOUR + 25_000)]);
}

#[test]
fn who_keeps_the_connection_is_suspended_only_to_be_frozen() {
    let mut diary = opened(BackgroundPolicy::KeepWhileAllowed, 45_000);
    diary.at(HOUR, Background);
    diary.at(2 * HOUR, Foreground);
    diary.at(3 * HOUR, Background);
    diary.at(3 * HOUR + 1, Expiring);
    diary.at(4 * HOUR, Foreground);
    let expected = [(Resumed, 2 * HOUR), (Suspended, 3 * HOUR + 1), (Resumed, 4 * HOUR)];
    assert_eq!(diary.told(), expected);
}

#[test]
fn an_app_that_manages_itself_is_left_alone() {
    let mut diary = opened(BackgroundPolicy::AppManaged, 45_000);
    for (fact, millis) in [Background, Woke, Expiring, Foreground].into_iter().zip(HOUR..) {
        diary.at(millis, fact);
    }
    assert_eq!(diary.told(), []);
}

#[test]
fn a_device_that_wakes_up_resumes_what_is_not_suspended() {
    let mut diary = by_default();
    diary.at(HOUR, Woke);
    diary.at(HOUR + 1, Background);
    diary.at(HOUR + 2, Woke);
    diary.at(2 * HOUR, Woke);
    diary.at(3 * HOUR, Foreground);
    let expected =
        [(Resumed, HOUR), (Resumed, HOUR + 2), (Suspended, HOUR + 45_001), (Resumed, 3 * HOUR)];
    assert_eq!(diary.told(), expected);
}
