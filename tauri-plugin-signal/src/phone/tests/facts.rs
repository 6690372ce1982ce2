//! Facts as Kotlin and Swift write them.

use serde_json::{Value, from_value, json};

use super::*;

fn read(json: Value) -> Fact {
    from_value(json).unwrap()
}

#[test]
fn of_the_apps_life() {
    for (name, fact) in [
        ("foreground", Fact::Foreground),
        ("background", Fact::Background),
        ("woke", Fact::Woke),
        ("expiring", Fact::Expiring),
    ] {
        assert_eq!(read(json!({ "type": name })), fact);
    }
}

#[test]
fn of_the_network_on_android() {
    // As large as the numbers of networks are there.
    let network = 4_372_902_547_469;
    let named = |name: &str| json!({ "type": name, "network": network });
    assert_eq!(read(named("networkAvailable")), Fact::NetworkAvailable { network });
    assert_eq!(read(named("networkLost")), Fact::NetworkLost { network });
    let capabilities = json!({
        "type": "networkCapabilities",
        "network": network,
        "validated": true,
        "captivePortal": false,
        "suspended": true,
    });
    let fact = Fact::NetworkCapabilities {
        network,
        validated: true,
        captive_portal: false,
        suspended: true,
    };
    assert_eq!(read(capabilities), fact);
    let addresses = json!({ "type": "networkAddresses", "network": network, "addresses": ["::1"] });
    let fact = Fact::NetworkAddresses { network, addresses: ["::1".to_owned()].into() };
    assert_eq!(read(addresses), fact);
    let blocked = json!({ "type": "networkBlocked", "network": network, "blocked": true });
    assert_eq!(read(blocked), Fact::NetworkBlocked { network, blocked: true });
}

#[test]
fn of_the_network_on_ios() {
    let path = json!({ "type": "path", "link": "en0 192.0.2.1" });
    assert_eq!(read(path), Fact::Path { link: Some("en0 192.0.2.1".into()) });
    assert_eq!(read(json!({ "type": "path" })), Fact::Path { link: None });
}
