//! Whatever text stands for a name, a key, a network or an amount: what is taken reads back as the same, and is harmless.
#![no_main]

use std::fmt::{Debug, Display};
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use alias_core::access::Role;
use alias_core::alias::{AliasId, AliasKind};
use alias_core::clock::Timestamp;
use alias_core::group::GroupKind;
use alias_core::identity::Email;
use alias_core::key::{
    CallerId, Entrance, ID_BYTES, InvalidNetwork, KeyDigest, KeyId, KeySecret, Network, Networks,
    SECRET_BYTES,
};
use alias_core::model_ref::{MAX_MODEL_REF, ModelRef};
use alias_core::money::{MicroCredits, TokenPrice};
use alias_core::name::{MAX_NAME, Name, NameKind, RESERVED};
use alias_core::organization::OrganizationKind;
use alias_core::team::{TeamKind, TeamUid};
use alias_core::usage::Endpoint;
use alias_server_fuzz::openai::fields::{self, ExtraFields, Rule};
use alias_server_fuzz::openai::steering::{MAX_FIELD_NAME, steers};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|bytes: &[u8]| {
    made_key(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    presented_key(text);
    if let Some(text) = signed(text) {
        presented_key(&text);
    }
    name::<AliasKind>(text);
    name::<GroupKind>(text);
    name::<TeamKind>(text);
    name::<OrganizationKind>(text);
    model_ref(text);
    network(text);
    amounts(text);
    field(text);
    ids(text);
});

/// Reads a text that is printable ASCII, so that no line end, no NUL and no look-alike is in it, and that is written
/// as it was read, alone and as JSON.
fn plain<T>(text: &str) -> Option<T>
where
    T: FromStr + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let value = text.parse::<T>().ok()?;
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    assert_eq!(value.to_string(), text);
    // Bodies and answers are written with the text as it is, between quotes.
    let json = format!("\"{text}\"");
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
    Some(value)
}

fn name<K: NameKind>(text: &str) {
    let Some(name) = plain::<Name<K>>(text) else { return };
    assert!((1..=MAX_NAME).contains(&text.len()));
    assert!(text.starts_with(|c: char| c.is_ascii_alphanumeric()));
    assert!(!RESERVED.contains(&text.to_lowercase().as_str()));
    // A segment of a path stays the one that it is. The beginning of names may end where the next segment begins.
    let closed = text.strip_suffix('/').unwrap_or(text);
    assert!(closed.split('/').all(|part| !["", ".", ".."].contains(&part)), "{text:?}");
    let hasher = RandomState::new();
    for twin in [name.folded(), text.to_uppercase()] {
        let twin: Name<K> = twin.parse().unwrap();
        assert_eq!((&twin, twin.folded()), (&name, name.folded()));
        assert!(twin.cmp(&name).is_eq() && hasher.hash_one(&twin) == hasher.hash_one(&name));
    }
}

fn model_ref(text: &str) {
    let Some(model) = plain::<ModelRef>(text) else { return };
    assert!(text.len() <= MAX_MODEL_REF);
    assert_eq!(format!("{}/{}", model.provider(), model.model()), text);
    assert!(!model.provider().contains('/'));
    assert!(text.split('/').all(|part| !["", ".."].contains(&part)), "{text:?}");
}

/// A key of the first bytes is let in as it is, and not with any one character changed.
fn made_key(bytes: &[u8]) {
    let Some((id, rest)) = bytes.split_first_chunk::<ID_BYTES>() else { return };
    let Some((secret, rest)) = rest.split_first_chunk::<SECRET_BYTES>() else { return };
    let (key, token) = (KeySecret::from_random(*id, *secret), KeySecret::admin_from_random(*id, *secret));
    assert_eq!(KeyDigest::of_presented(key.expose()), Some(key.digest()));
    assert_eq!(KeyDigest::of_admin_token(token.expose()), Some(token.digest()));
    for made in [&key, &token] {
        presented_key(made.expose());
        assert_eq!(plain::<KeyId>(made.id().as_str()).as_ref(), Some(made.id()));
        assert!(made.id().is_of(made.expose()));
        assert!(
            !made.masked().contains(&made.expose()[3..70])
                && !format!("{made:?}").contains(&made.expose()[20..70])
        );
    }
    let [place, character, ..] = *rest else { return };
    let (place, character) = (usize::from(place) % key.expose().len(), character % 128);
    let mut other = key.expose().as_bytes().to_vec();
    if std::mem::replace(&mut other[place], character) != character {
        let other = std::str::from_utf8(&other).unwrap();
        assert_eq!(KeyDigest::of_presented(other), None, "{other:?}");
    }
}

/// A text of a key's length with a checksum that is right, which is no secret.
fn signed(text: &str) -> Option<String> {
    let body = format!("sk-{}", text.get(..69)?);
    let bits = u64::from(crc32fast::hash(body.as_bytes())) << 3;
    let check = (0..7).map(|place| {
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[(bits >> (30 - 5 * place) & 31) as usize])
    });
    Some(body.chars().chain(check).collect())
}

fn presented_key(text: &str) {
    let (key, token) = (KeyDigest::of_presented(text), KeyDigest::of_admin_token(text));
    assert!(key.is_none() || token.is_none());
    if let Some(digest) = key.or(token) {
        // Nobody else's text is let in for a key: no other case, no line end, no second way to write it.
        assert!(
            text.bytes().skip(3).all(|byte| matches!(byte, b'_' | b'a'..=b'z' | b'2'..=b'7')),
            "{text:?}"
        );
        assert_eq!(text.find('_'), Some(19));
        let id: KeyId = text[3..19].parse().unwrap();
        assert!(id.is_of(text));
        let again = text.to_owned();
        assert_eq!(KeyDigest::of_presented(&again).or(KeyDigest::of_admin_token(&again)), Some(digest));
        assert_eq!(KeyDigest::of_presented(&text.to_uppercase()), None);
    }
    // Every call of a client that has mistyped its key goes through here.
    assert_eq!(KeyDigest::of_presented(&format!("{text}\n")), None);
}

fn network(text: &str) {
    match text.parse::<Network>() {
        Ok(network) => {
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
            let networks: Networks = [network, network].into_iter().collect();
            let written: Vec<String> =
                serde_json::from_str(&serde_json::to_string(&networks).unwrap()).unwrap();
            let [written] = &*written else { panic!("{written:?}") };
            assert_eq!(written.parse(), Ok(network));
            let address = written.split_once('/').unwrap().0.parse().unwrap();
            assert!(networks.contain(address), "{written}");
        }
        // The message says what to write instead.
        Err(InvalidNetwork::HostBits(network)) => {
            assert!(network.to_string().parse::<Network>().is_ok(), "{network}");
        }
        Err(_) => {}
    }
}

fn amounts(text: &str) {
    if let Ok(price) = text.parse::<TokenPrice>() {
        assert!((0..=TokenPrice::MAX.picos()).contains(&price.picos()));
        assert_eq!(serde_json::to_string(&price).unwrap().parse(), Ok(price));
    }
    if let Ok(credits) = text.parse::<MicroCredits>() {
        assert!((0..=MicroCredits::MAX.micros()).contains(&credits.micros()));
        // JSON's numbers are floats to most readers, and these have 15 digits.
        if credits.micros() < 1_000_000_000_000_000 {
            assert_eq!(serde_json::to_string(&credits).unwrap().parse(), Ok(credits));
        }
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        let written = at.to_string();
        assert!(written.len() == "2024-10-14T12:00:00Z".len() && written.ends_with('Z'), "{written}");
        assert_eq!(written.parse::<Timestamp>().unwrap().to_string(), written);
    }
}

/// What an operator can add to the allow-list steers nothing, in no spelling, and is no field that is checked.
fn field(text: &str) {
    let Ok(extra) = ExtraFields::new([text]) else { return };
    assert!((1..=MAX_FIELD_NAME).contains(&text.len()) && extra.contains(text));
    assert_eq!(serde_json::to_string(text).unwrap(), format!("\"{text}\""));
    for spelling in [text.to_lowercase(), text.to_uppercase(), text.replace('-', "_"), text.replace('_', "-")]
    {
        assert!(!steers(&spelling), "{text}");
    }
    for endpoint in Endpoint::ALL {
        assert!(fields::rule(endpoint, text).is_none_or(|rule| rule == Rule::Opaque), "{endpoint}: {text}");
    }
}

fn ids(text: &str) {
    plain::<KeyId>(text);
    plain::<AliasId>(text);
    plain::<TeamUid>(text);
    assert!(text.parse::<AliasId>().is_err() || text.parse::<TeamUid>().is_err());
    if let Ok(email) = text.parse::<Email>() {
        assert_eq!(plain::<Email>(email.as_str()), Some(email));
    }
    if let Ok(caller) = text.parse::<CallerId>() {
        let written = caller.to_string();
        assert!(!written.chars().any(char::is_control), "{written:?}");
        assert_eq!(written.parse(), Ok(caller));
    }
    if let Ok(role) = text.parse::<Role>() {
        assert_eq!(role.as_str(), text);
    }
    if let Ok(entrance) = text.parse::<Entrance>() {
        assert_eq!(entrance.as_str(), text);
    }
}
