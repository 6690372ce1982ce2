//! Android's default network, as it is told piece by piece.

use std::collections::BTreeSet;

use super::Fact;
use super::link::Link;

/// The network that the app's sockets use by default.
#[derive(Debug, Default)]
pub(super) struct DefaultNetwork(Option<Told>);

#[derive(Debug)]
struct Told {
    network: i64,
    addresses: Option<BTreeSet<String>>,
    /// By a captive portal that was not passed.
    held: bool,
    suspended: bool,
    blocked: bool,
}

impl DefaultNetwork {
    /// Takes a fact about networks; others say nothing here.
    pub(super) fn take(&mut self, fact: Fact) {
        match fact {
            Fact::NetworkAvailable { network } if self.told_of(network).is_none() => {
                self.0 = Some(Told {
                    network,
                    addresses: None,
                    held: false,
                    suspended: false,
                    blocked: false,
                });
            }
            Fact::NetworkLost { network } if self.told_of(network).is_some() => self.0 = None,
            Fact::NetworkCapabilities { network, validated, captive_portal, suspended } => {
                if let Some(told) = self.told_of(network) {
                    told.held = captive_portal && !validated;
                    told.suspended = suspended;
                }
            }
            Fact::NetworkAddresses { network, addresses } => {
                if let Some(told) = self.told_of(network) {
                    told.addresses = Some(addresses);
                }
            }
            Fact::NetworkBlocked { network, blocked } => {
                if let Some(told) = self.told_of(network) {
                    told.blocked = blocked;
                }
            }
            _ => {}
        }
    }

    /// The link that it gives. A captive portal that was not passed, a network that the app is kept
    /// off, and one that transfers nothing give none. One that is merely not validated does: private
    /// networks never are, and the servers of some apps are in just those.
    pub(super) fn link(&self) -> Option<Link> {
        let told = self.0.as_ref()?;
        let is_usable = !(told.held || told.suspended || told.blocked);
        is_usable
            .then(|| Link::Network { network: told.network, addresses: told.addresses.clone() })
    }

    /// What was told of this network. What comes for a former one comes too late.
    fn told_of(&mut self, network: i64) -> Option<&mut Told> {
        self.0.as_mut().filter(|told| told.network == network)
    }
}
