//! The signature of a message, as the Standard Webhooks define it: `v1,` and HMAC-SHA256 in base 64.

use alias_core::webhook::{DeliveryId, Signing, WebhookSecret};
use data_encoding::BASE64;
use ring::hmac;

/// The header `webhook-signature`: one signature, or two with a space between them for a day after a rotation.
pub fn header(signing: &Signing, id: &DeliveryId, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let of = |secret: &WebhookSecret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        format!("v1,{}", BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref()))
    };
    let mut all = of(&signing.secret);
    if let Some(old) = &signing.old {
        all.push(' ');
        all.push_str(&of(old));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_by_the_secret_and_for_a_day_by_the_one_before() {
        let id: DeliveryId = "msg_0192f0a1b2c37d4e8f90a1b2c3d4e5f6".parse().unwrap();
        let (new, old) = (WebhookSecret::new([7; 32]), WebhookSecret::new([8; 32]));
        let one = header(&Signing { secret: new.clone(), old: None }, &id, 1_728_907_200, "{}");
        // What Python's hmac makes of it.
        assert_eq!(one, "v1,1yS0KdvUUkvcAUVwFE2F5yIIVSF3xDzvf4Rw3rR9CvM=");
        let two = header(&Signing { secret: new, old: Some(old) }, &id, 1_728_907_200, "{}");
        let signatures: Vec<&str> = two.split(' ').collect();
        assert_eq!((signatures.len(), signatures[0]), (2, one.as_str()));
        assert_ne!(signatures[0], signatures[1]);
    }
}
