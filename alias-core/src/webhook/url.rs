//! Where a webhook is sent: an address without credentials.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use url::{Host, Url};

/// The longest address, in bytes.
pub const MAX_URL: usize = 2_048;

/// An `https` or `http` address with a host, without credentials and fragment. Where it may lead is not said here.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

/// Why a text is no [`WebhookUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidWebhookUrl {
    /// It cannot be read.
    #[error("must be an address like https://hooks.example.com/aliases, of at most {MAX_URL} bytes")]
    Form,
    /// It holds a user or a password.
    #[error("must hold no user and no password: the signature says who sends")]
    Credentials,
    /// It has a part behind `#`.
    #[error("must have no part behind #: it is not sent")]
    Fragment,
}

impl WebhookUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether nobody between can read what is sent there.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The IP address that stands in the place of a name, if one does.
    pub fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// Whether the name is one of this machine.
    pub fn names_this_machine(&self) -> bool {
        let name = self.0.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        name == "localhost" || name.ends_with(".localhost")
    }
}

impl FromStr for WebhookUrl {
    type Err = InvalidWebhookUrl;

    fn from_str(text: &str) -> Result<Self, InvalidWebhookUrl> {
        let plain = text.len() <= MAX_URL && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let url = Url::parse(text).ok().filter(|_| plain).ok_or(InvalidWebhookUrl::Form)?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidWebhookUrl::Form);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidWebhookUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidWebhookUrl::Fragment);
        }
        if url.as_str().len() > MAX_URL || url.port() == Some(0) {
            return Err(InvalidWebhookUrl::Form);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for WebhookUrl {
    /// Paths of such addresses are often secrets of the receiver's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}…)", self.0.host_str().unwrap_or_default())
    }
}

impl Serialize for WebhookUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_no_credentials() {
        let read = |text: &str| text.parse::<WebhookUrl>();
        assert_eq!(read("https://a.example/x?y=1").unwrap().as_str(), "https://a.example/x?y=1");
        assert_eq!(read("https://u:p@a.example/"), Err(InvalidWebhookUrl::Credentials));
        assert_eq!(read("https://u@a.example/"), Err(InvalidWebhookUrl::Credentials));
        assert_eq!(read("https://a.example/#x"), Err(InvalidWebhookUrl::Fragment));
        for bad in
            ["", "a.example", "ftp://a.example", "file:///etc", "https://", "https://a b", "https://a\n.b"]
        {
            assert_eq!(read(bad), Err(InvalidWebhookUrl::Form), "{bad:?}");
        }
        assert_eq!(read(&format!("https://a.example/{}", "x".repeat(MAX_URL))), Err(InvalidWebhookUrl::Form));
    }

    #[test]
    fn numbers_in_any_spelling_are_known_as_addresses() {
        for text in ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1"] {
            let url: WebhookUrl = text.parse().unwrap();
            assert_eq!(url.address(), Some("127.0.0.1".parse().unwrap()), "{text}");
        }
        let url: WebhookUrl = "https://[::ffff:10.0.0.1]/".parse().unwrap();
        assert_eq!(url.address(), Some("::ffff:10.0.0.1".parse().unwrap()));
        assert!("https://x.LOCALHOST./".parse::<WebhookUrl>().unwrap().names_this_machine());
        assert!(!format!("{:?}", "https://a.example/T0KEN".parse::<WebhookUrl>()).contains("T0KEN"));
    }
}
