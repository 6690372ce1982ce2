//! Networks that come and go.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::super::Hint::{NetworkAvailable, NetworkLost};
use super::super::link::LONGEST;
use super::*;

const WIFI: i64 = 100;
const WIFI_AGAIN: i64 = 101;
const MOBILE: i64 = 200;
const HOTEL: i64 = 300;
const PRIVATE: i64 = 400;

fn available(network: i64) -> Fact {
    Fact::NetworkAvailable { network }
}

fn lost(network: i64) -> Fact {
    Fact::NetworkLost { network }
}

fn addresses(network: i64, address: &str) -> Fact {
    Fact::NetworkAddresses { network, addresses: [address.to_owned()].into() }
}

fn blocked(network: i64, blocked: bool) -> Fact {
    Fact::NetworkBlocked { network, blocked }
}

fn validated(network: i64, validated: bool) -> Fact {
    Fact::NetworkCapabilities { network, validated, captive_portal: false, suspended: false }
}

fn captive(network: i64, validated: bool) -> Fact {
    Fact::NetworkCapabilities { network, validated, captive_portal: true, suspended: false }
}

fn suspended(network: i64, suspended: bool) -> Fact {
    Fact::NetworkCapabilities { network, validated: true, captive_portal: false, suspended }
}

fn path(link: Option<&str>) -> Fact {
    Fact::Path { link: link.map(str::to_owned) }
}

fn started() -> Diary {
    Diary::new(BackgroundPolicy::AppManaged, 0)
}

/// A phone that has been in a Wi-Fi for long.
fn on_wifi() -> Diary {
    let mut diary = started();
    diary.at(0, available(WIFI));
    diary.at(1, validated(WIFI, true));
    diary.at(1, addresses(WIFI, "192.0.2.7"));
    diary.at(1, blocked(WIFI, false));
    diary.until(9_999);
    assert_eq!(diary.told, []);
    assert_eq!(diary.phone.due_at(), None);
    diary
}

#[test]
fn the_network_that_was_there_from_the_start_is_no_news() {
    assert_eq!(on_wifi().told(), []);
}

#[test]
fn a_start_without_a_network_is_a_loss_and_the_network_that_comes_is_news() {
    let mut diary = started();
    diary.at(30_000, available(MOBILE));
    assert_eq!(diary.told(), [(NetworkLost, 1_000), (NetworkAvailable, 30_500)]);
}

#[test]
fn a_network_that_is_blocked_from_the_start_is_a_loss() {
    let mut diary = started();
    diary.at(0, available(WIFI));
    diary.at(0, blocked(WIFI, true));
    assert_eq!(diary.told(), [(NetworkLost, 1_000)]);
}

#[test]
fn a_hand_over_is_one_change() {
    let mut diary = on_wifi();
    diary.at(10_000, available(MOBILE));
    diary.at(10_010, validated(MOBILE, true));
    diary.at(10_020, addresses(MOBILE, "198.51.100.7"));
    assert_eq!(diary.told(), [(NetworkAvailable, 10_520)]);
}

#[test]
fn a_hand_over_with_a_gap_is_one_change_too() {
    let mut diary = on_wifi();
    diary.at(10_000, lost(WIFI));
    diary.at(10_999, available(MOBILE));
    diary.at(11_000, addresses(MOBILE, "198.51.100.7"));
    assert_eq!(diary.told(), [(NetworkAvailable, 11_500)]);
}

#[test]
fn a_gap_that_lasts_is_a_loss_and_then_a_return() {
    let mut diary = on_wifi();
    diary.at(10_000, lost(WIFI));
    diary.at(11_000, available(MOBILE));
    assert_eq!(diary.told(), [(NetworkLost, 11_000), (NetworkAvailable, 11_500)]);
}

#[test]
fn a_network_that_never_settles_is_told_all_the_same() {
    let mut diary = on_wifi();
    for (millis, network) in (10_000..14_000).step_by(400).zip(MOBILE..) {
        diary.at(millis, available(network));
    }
    // The second wait begins with the change at 12,000, right behind the hint.
    assert_eq!(diary.told(), [(NetworkAvailable, 12_000), (NetworkAvailable, 14_000)]);
}

#[test]
fn what_changes_nothing_does_not_put_a_hint_off() {
    let mut diary = on_wifi();
    diary.at(10_000, available(MOBILE));
    for millis in (10_001..10_500).step_by(3) {
        diary.at(millis, validated(MOBILE, millis % 2 == 0));
    }
    assert_eq!(diary.told(), [(NetworkAvailable, 10_500)]);
}

#[test]
fn a_change_that_is_taken_back_in_time_is_none() {
    let mut diary = on_wifi();
    diary.at(10_000, blocked(WIFI, true));
    diary.at(10_900, blocked(WIFI, false));
    assert_eq!(diary.told(), []);
}

#[test]
fn other_addresses_are_a_change_and_the_same_are_none() {
    let mut diary = on_wifi();
    diary.at(10_000, addresses(WIFI, "192.0.2.7"));
    diary.at(20_000, addresses(WIFI, "192.0.2.8"));
    assert_eq!(diary.told(), [(NetworkAvailable, 20_500)]);
}

#[test]
fn the_same_network_with_another_number_is_a_change() {
    let mut diary = on_wifi();
    diary.at(10_000, lost(WIFI));
    diary.at(10_100, available(WIFI_AGAIN));
    diary.at(10_100, addresses(WIFI_AGAIN, "192.0.2.7"));
    assert_eq!(diary.told(), [(NetworkAvailable, 10_600)]);
}

#[test]
fn a_captive_portal_is_no_network_until_it_is_passed() {
    let mut diary = on_wifi();
    diary.at(10_000, available(HOTEL));
    diary.at(10_001, captive(HOTEL, false));
    diary.at(40_000, captive(HOTEL, true));
    assert_eq!(diary.told(), [(NetworkLost, 11_001), (NetworkAvailable, 40_500)]);
}

#[test]
fn a_network_that_was_never_validated_is_usable() {
    let mut diary = on_wifi();
    diary.at(10_000, available(PRIVATE));
    diary.at(10_001, validated(PRIVATE, false));
    diary.at(20_000, validated(PRIVATE, true));
    assert_eq!(diary.told(), [(NetworkAvailable, 10_500)]);
}

#[test]
fn all_obstacles_have_to_go() {
    let mut diary = on_wifi();
    diary.at(10_000, blocked(WIFI, true));
    diary.at(20_000, suspended(WIFI, true));
    diary.at(30_000, blocked(WIFI, false));
    diary.at(40_000, suspended(WIFI, false));
    assert_eq!(diary.told(), [(NetworkLost, 11_000), (NetworkAvailable, 40_500)]);
}

#[test]
fn what_is_told_of_a_former_network_is_nothing() {
    let mut diary = on_wifi();
    diary.at(10_000, available(MOBILE));
    diary.at(20_000, lost(WIFI));
    diary.at(20_001, blocked(WIFI, true));
    diary.at(20_002, addresses(WIFI, "192.0.2.9"));
    diary.at(20_003, suspended(WIFI, true));
    assert_eq!(diary.told(), [(NetworkAvailable, 10_500)]);
}

#[test]
fn the_same_network_told_again_keeps_what_was_told_of_it() {
    let mut diary = on_wifi();
    diary.at(10_000, blocked(WIFI, true));
    diary.at(20_000, available(WIFI));
    assert_eq!(diary.told(), [(NetworkLost, 11_000)]);
}

#[test]
fn a_path_is_followed_as_a_network_is() {
    let mut diary = started();
    diary.at(0, path(Some("en0")));
    diary.at(10_000, path(None));
    diary.at(10_500, path(Some("pdp_ip0")));
    diary.at(20_000, path(Some("pdp_ip0")));
    diary.at(30_000, path(None));
    assert_eq!(diary.told(), [(NetworkAvailable, 11_000), (NetworkLost, 31_000)]);
}

/// Whatever happens: the last hint says what is, two losses never follow each other, none is late.
#[test]
fn random_facts_end_in_the_truth() {
    for seed in 1..=500 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut diary = started();
        let mut usable = false;
        for _ in 0..40 {
            let network = random.random_range(1..4);
            let millis = diary.now + random.random_range(0..1_500);
            if random.random_ratio(1, 3) {
                for each in 1..4 {
                    diary.at(millis, lost(each));
                }
                usable = false;
            } else {
                let is_blocked = random.random_ratio(1, 4);
                diary.at(millis, available(network));
                diary.at(millis, blocked(network, is_blocked));
                usable = !is_blocked;
            }
        }
        diary.until(diary.now + u64::try_from(LONGEST.as_millis()).unwrap());
        assert_eq!(diary.phone.due_at(), None, "seed {seed}");
        let last = diary.told.last().map_or(NetworkAvailable, |(hint, _)| *hint);
        assert_eq!(last, if usable { NetworkAvailable } else { NetworkLost }, "seed {seed}");
        let lost_twice = |pair: &[(Hint, u64)]| pair.iter().all(|(hint, _)| *hint == NetworkLost);
        assert!(!diary.told.windows(2).any(lost_twice), "seed {seed}: {:?}", diary.told);
    }
}
