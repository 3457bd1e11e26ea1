//! Where messages may go: to the public network in code, and elsewhere only where the operator said so.
//!
//! An address is checked when it is written down, as far as it can be, and again on every connection: the very
//! addresses that are connected to are those that were looked at, so that a name which leads elsewhere meanwhile
//! leads nowhere.

use std::net::SocketAddr;

use alias_core::webhook::{Place, WebhookUrl, place};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Everybody between could read it.
    #[error("must begin with https://")]
    Clear,
    /// Everybody between could read it.
    #[error("must begin with https://, for it leads out of the private network")]
    ClearInPublic,
    /// It leads to this machine or into a private network.
    #[error(
        "leads to this machine or into a private network, where webhooks may not go (setting webhook_allow_private)"
    )]
    Private,
    /// It leads where nothing may go.
    #[error("leads to a link-local, multicast or reserved address, where webhooks never go")]
    Never,
}

/// Where messages may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether private networks and this machine are allowed, also without TLS.
    pub allow_private: bool,
}

impl Policy {
    /// Whether messages may go to this address, as far as its text tells.
    ///
    /// # Errors
    /// Why not.
    pub fn check(self, url: &WebhookUrl) -> Result<(), NotAllowed> {
        if !url.is_encrypted() && !self.allow_private {
            return Err(NotAllowed::Clear);
        }
        match url.address() {
            Some(address) => self.check_place(place(address), url.is_encrypted()),
            None if url.names_this_machine() => self.check_place(Place::Private, url.is_encrypted()),
            None => Ok(()),
        }
    }

    fn check_place(self, place: Place, encrypted: bool) -> Result<(), NotAllowed> {
        match place {
            Place::Public if encrypted => Ok(()),
            Place::Public => Err(NotAllowed::ClearInPublic),
            Place::Private if self.allow_private => Ok(()),
            Place::Private => Err(NotAllowed::Private),
            Place::Never => Err(NotAllowed::Never),
        }
    }
}

/// Looks names up, and gives their addresses only where all of them are allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver {
    pub(super) policy: Policy,
    pub(super) encrypted: bool,
}

impl Resolver {
    fn check(self, addresses: &[SocketAddr]) -> Result<(), NotAllowed> {
        addresses.iter().try_for_each(|address| self.policy.check_place(place(address.ip()), self.encrypted))
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = *self;
        Box::pin(async move {
            // Port 0 stands for the address's own.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            resolver.check(&found)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allow_private: bool, url: &str) -> Result<(), NotAllowed> {
        Policy { allow_private }.check(&url.parse().unwrap())
    }

    #[test]
    fn only_encrypted_public_addresses_are_allowed_where_nothing_else_was_said() {
        assert_eq!(check(false, "https://hooks.example.com/x"), Ok(()));
        assert_eq!(check(false, "https://1.1.1.1/"), Ok(()));
        assert_eq!(check(false, "http://hooks.example.com/"), Err(NotAllowed::Clear));
        for private in
            ["https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::ffff:10.0.0.1]/"]
        {
            assert_eq!(check(false, private), Err(NotAllowed::Private), "{private}");
        }
        assert_eq!(check(false, "https://169.254.169.254/latest"), Err(NotAllowed::Never));
    }

    #[test]
    fn private_addresses_may_be_allowed_and_clouds_metadata_never() {
        assert_eq!(check(true, "http://127.0.0.1:9000/"), Ok(()));
        assert_eq!(check(true, "https://10.0.0.1/"), Ok(()));
        assert_eq!(check(true, "http://1.1.1.1/"), Err(NotAllowed::ClearInPublic));
        assert_eq!(check(true, "http://169.254.169.254/"), Err(NotAllowed::Never));
        assert_eq!(check(true, "http://0.0.0.0/"), Err(NotAllowed::Never));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_leads_nowhere() {
        let refused = Resolver { policy: Policy { allow_private: false }, encrypted: true };
        let why = refused.resolve("localhost".parse().unwrap()).await.map(drop).unwrap_err();
        assert_eq!(why.downcast_ref(), Some(&NotAllowed::Private));
        let allowed = Resolver { policy: Policy { allow_private: true }, encrypted: false };
        assert!(allowed.resolve("localhost".parse().unwrap()).await.is_ok());
    }

    #[test]
    fn a_name_with_one_address_that_is_not_allowed_leads_nowhere() {
        let resolver = |encrypted| Resolver { policy: Policy { allow_private: false }, encrypted };
        let of =
            |texts: &[&str]| -> Vec<SocketAddr> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        assert_eq!(resolver(true).check(&of(&["1.1.1.1:0"])), Ok(()));
        assert_eq!(resolver(true).check(&of(&["1.1.1.1:0", "192.168.0.1:0"])), Err(NotAllowed::Private));
        assert_eq!(resolver(false).check(&of(&["1.1.1.1:0"])), Err(NotAllowed::ClearInPublic));
    }
}
