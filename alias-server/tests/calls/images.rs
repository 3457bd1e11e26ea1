//! Images: counted in the answer, and charged each.

use std::sync::Arc;

use alias_core::money::{ItemPrice, NanoUsd, TokenPrice};
use alias_core::price::{PriceList, Pricing};
use alias_core::usage::{PriceBasis, TokenUsage};

use crate::provider::{Step, answer, event, stream_head};
use crate::service::Service;

const JSON: &str = "content-type: application/json\r\n";
const CALL: &str = r#"{"model":"org/priced","prompt":"a cat","n":2}"#;
const DATA: &str = r#""data":[{"b64_json":"aGVsbG8="},{"b64_json":"aGVsbG8="}]"#;
const FREE_TOKENS: &str = r#"{"input_tokens":0,"output_tokens":0,"total_tokens":0}"#;

/// A service whose images cost 0.04 USD each, and 1 and 2 USD a million tokens.
async fn service() -> Service {
    let service = Service::start().await;
    let image = Some(ItemPrice::new(40_000_000));
    let prices =
        PriceList { image, ..PriceList::new(TokenPrice::new(1_000_000), TokenPrice::new(2_000_000)) };
    service.change(|catalog| catalog.aliases[1].pricing = Pricing::Fixed(Arc::new(prices))).await;
    service
}

#[actix_web::test]
async fn images_are_charged_each_with_their_tokens_where_these_are_reported() {
    let service = service().await;
    let counted = r#"{"input_tokens":50,"output_tokens":4000,"total_tokens":4050}"#;
    for (seq, (usage, tokens, charge)) in [
        (format!(r#","usage":{FREE_TOKENS}"#), Some(0), 80_000_000),
        (format!(r#","usage":{counted}"#), Some(4_050), 80_000_000 + 50_000 + 8_000_000),
        (String::new(), None, 80_000_000),
    ]
    .into_iter()
    .enumerate()
    {
        service.provider.plays([answer("200 OK", JSON, &format!(r#"{{"created":1,{DATA}{usage}}}"#))]);
        let got = service.post("/v1/images/generations", &[], CALL).await;
        assert_eq!(got.status, 200, "{got:?}");
        let event = service.event(seq as u64).await;
        assert_eq!((event.settlement.images, event.settlement.basis), (2, PriceBasis::Fixed));
        assert_eq!(event.tokens.map(|tokens| tokens.total()), tokens, "{usage}");
        assert_eq!(event.charge, Some(NanoUsd::new(charge)), "{usage}");
    }
}

#[actix_web::test]
async fn images_of_a_stream_are_charged_each_and_previews_are_not() {
    let service = service().await;
    let partial = event(r#"{"type":"image_generation.partial_image","b64_json":"YQ=="}"#);
    let image =
        event(&format!(r#"{{"type":"image_generation.completed","b64_json":"YQ==","usage":{FREE_TOKENS}}}"#));
    service.provider.plays([stream_head(), partial, image.clone(), image, Step::Close]);
    let call = r#"{"model":"org/priced","prompt":"a cat","n":2,"stream":true}"#;
    let got = service.post("/v1/images/generations", &[], call).await;
    assert!(got.status == 200 && got.whole, "{got:?}");
    let event = service.event(0).await;
    assert_eq!((event.settlement.images, event.charge), (2, Some(NanoUsd::new(80_000_000))));
}

#[actix_web::test]
async fn what_the_provider_said_of_usage_is_kept_as_it_came() {
    let service = service().await;
    let usage = r#"{ "input_tokens":5, "output_tokens":9,"cost":0.25,"input_tokens_details":{"image_tokens":0,"text_tokens":5} }"#;
    service.provider.plays([answer("200 OK", JSON, &format!(r#"{{{DATA},"usage":{usage}}}"#))]);
    let got = service.post("/v1/images/generations", &[], CALL).await;
    assert!(got.status == 200 && !got.body.contains("cost"), "{got:?}");
    let event = service.event(0).await;
    assert_eq!(event.settlement.raw.as_deref(), Some(usage));
    assert_eq!(event.tokens, Some(TokenUsage { input: 5, output: 9, ..TokenUsage::default() }));

    let long = format!(r#"{{"input_tokens":5,"output_tokens":9,"own":"{}"}}"#, "x".repeat(1_024));
    service.provider.plays([answer("200 OK", JSON, &format!(r#"{{{DATA},"usage":{long}}}"#))]);
    assert_eq!(service.post("/v1/images/generations", &[], CALL).await.status, 200);
    let event = service.event(1).await;
    assert_eq!((event.settlement.raw, event.tokens.map(|tokens| tokens.total())), (None, Some(14)));
}
