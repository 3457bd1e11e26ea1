//! The networks that requests of a key may come from.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Serialize, Serializer};

/// Some networks that requests may come from; on the wire a list of texts like `10.0.0.0/8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks(Box<[IpNet]>);

impl Networks {
    /// Whether the address is in one of them. An IPv4 address that is written as an IPv6 one is the IPv4 one.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The first address of the first of them.
    pub(super) fn first(&self) -> Option<IpAddr> {
        self.0.first().map(IpNet::network)
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        let mut all: Vec<IpNet> = networks.into_iter().map(|network| network.0).collect();
        all.sort_unstable();
        all.dedup();
        Self(all.into())
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ToString::to_string))
    }
}

/// One network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidNetwork {
    /// It reads like none.
    #[error("must be an address or a network, like 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    Form,
    /// It names an address within the network.
    #[error("has bits behind the length of its prefix: write {0}")]
    HostBits(IpNet),
    /// An IPv4 network in IPv6's clothes.
    #[error("must be written as an IPv4 network, like 10.0.0.0/8")]
    Mapped,
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse().map_err(|_| InvalidNetwork::Form)?,
        };
        match network {
            IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => Err(InvalidNetwork::Mapped),
            _ if network.trunc() != network => Err(InvalidNetwork::HostBits(network.trunc())),
            _ => Ok(Self(network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Networks {
        texts.iter().map(|text| text.parse::<Network>().unwrap()).collect()
    }

    #[test]
    fn an_address_is_in_a_network_also_where_it_is_written_as_ipv6() {
        let networks = nets(&["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
        for inside in ["10.255.0.1", "::ffff:10.0.0.1", "192.0.2.7", "2001:db8:1::1"] {
            assert!(networks.contain(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "::1", "2001:db9::1", "::a00:1"] {
            assert!(!networks.contain(outside.parse().unwrap()), "{outside}");
        }
        assert_eq!(
            serde_json::to_string(&networks).unwrap(),
            r#"["10.0.0.0/8","192.0.2.7/32","2001:db8::/32"]"#
        );
    }

    #[test]
    fn what_is_no_network_is_refused_with_the_fix() {
        let why = |text: &str| text.parse::<Network>().unwrap_err().to_string();
        assert!(why("10.0.0.1/8").contains("write 10.0.0.0/8"));
        assert!(why("::ffff:10.0.0.0/104").contains("IPv4"));
        for text in ["", "all", "10.0.0.0/33", "10.0.0", "10.0.0.0/8 ", "2001:db8::/129"] {
            assert!(why(text).contains("10.0.0.0/8"), "{text}");
        }
    }
}
