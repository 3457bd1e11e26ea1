//! Calls through every ugly ending, one after the other: each is recorded once, with what the provider billed where it
//! said so, and with an estimate that says that it is one where not.

use alias_core::money::NanoUsd;
use alias_core::usage::{Outcome, UsageEvent, UsageSource};
use http_body_util::BodyExt;

use crate::provider::{Step, answer};
use crate::service::Service;

/// What happens to a call.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Whole,
    WholeWithoutUsage,
    WholeOfNothing,
    Stream,
    StreamWithoutUsage,
    StreamOfNothing,
    /// The provider breaks off.
    Cut,
    /// The client leaves, and the provider is told.
    Left,
    /// The client leaves, and the answer is read to its end.
    Drained,
    /// The client leaves before anything came.
    LeftEarly,
    Refused,
    /// The provider falls silent after its head.
    Silent,
}

const ENDINGS: [Ending; 11] = [
    Ending::Whole,
    Ending::WholeWithoutUsage,
    Ending::WholeOfNothing,
    Ending::Stream,
    Ending::StreamWithoutUsage,
    Ending::StreamOfNothing,
    Ending::Cut,
    Ending::Left,
    Ending::Drained,
    Ending::LeftEarly,
    Ending::Refused,
];

const JSON: &str = "content-type: application/json\r\n";

fn usage(input: u64, output: u64) -> String {
    format!(r#"{{"prompt_tokens":{input},"completion_tokens":{output}}}"#)
}

fn whole(usage: &str) -> Vec<Step> {
    let body = format!(
        r#"{{"id":"1","model":"gpt-4","choices":[{{"message":{{"content":"hi"}},"finish_reason":"stop"}}],"usage":{usage}}}"#
    );
    vec![answer("200 OK", JSON, &body)]
}

fn event(data: &str) -> Step {
    Step::Send(format!("data: {data}\n\n").into_bytes())
}

/// A stream of so many pieces, and what follows them.
fn stream(pieces: u64, rest: Vec<Step>) -> Vec<Step> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let mut steps = vec![Step::Send(head.into())];
    steps.extend(
        (0..pieces)
            .map(|_| event(r#"{"id":"1","choices":[{"delta":{"content":"a"},"finish_reason":null}]}"#)),
    );
    steps.extend(rest);
    steps
}

fn finished(usage: Option<String>) -> Vec<Step> {
    let mut steps = vec![event(r#"{"id":"1","choices":[{"delta":{},"finish_reason":"stop"}]}"#)];
    steps.extend(usage.map(|usage| event(&format!(r#"{{"id":"1","choices":[],"usage":{usage}}}"#))));
    steps.extend([event("[DONE]"), Step::Close]);
    steps
}

/// One call to its end. Tells what the provider billed: input and output, where it said so.
async fn call(service: &Service, ending: Ending, number: u64) -> Option<(u64, u64)> {
    let (input, output, pieces) = (number % 97, number % 31, 1 + number % 5);
    let billed = Some((input, output));
    let (steps, bill) = match ending {
        Ending::Whole => (whole(&usage(input, output)), billed),
        Ending::WholeWithoutUsage => (whole("null"), None),
        Ending::WholeOfNothing => (whole(&usage(0, 0)), Some((0, 0))),
        Ending::Stream => (stream(pieces, finished(Some(usage(input, output)))), billed),
        Ending::StreamWithoutUsage => (stream(pieces, finished(None)), None),
        Ending::StreamOfNothing => (stream(0, finished(Some(usage(0, 0)))), Some((0, 0))),
        Ending::Cut => (stream(pieces, vec![Step::Close]), None),
        Ending::Left => (stream(pieces, vec![Step::Hang]), None),
        Ending::Drained => {
            let mut rest = vec![Step::Hold];
            rest.extend(finished(Some(usage(input, output))));
            (stream(pieces, rest), billed)
        }
        Ending::LeftEarly => (vec![Step::Hang], None),
        Ending::Refused => (vec![answer("500 Internal Server Error", JSON, "{}")], None),
        Ending::Silent => (stream(0, vec![Step::Hang]), None),
    };
    service.provider.plays(steps);
    let streams = !matches!(
        ending,
        Ending::Whole
            | Ending::WholeWithoutUsage
            | Ending::WholeOfNothing
            | Ending::Refused
            | Ending::LeftEarly
    );
    let model = if matches!(ending, Ending::Drained) { "drained" } else { "org/priced" };
    let body = format!(r#"{{"model":"{model}","stream":{streams},"messages":[]}}"#);
    match ending {
        Ending::Left | Ending::Drained => {
            let mut response = service.begin("/v1/chat/completions", &[], &body).await;
            response.body_mut().frame().await.unwrap().unwrap();
            drop(response);
            if matches!(ending, Ending::Drained) {
                service.reads_alone().await;
                service.provider.go_on();
            } else {
                service.provider.was_left().await;
            }
        }
        Ending::LeftEarly => {
            let seen = service.provider.seen().len();
            let early = service.begin("/v1/chat/completions", &[], &body);
            tokio::select! {
                _ = early => panic!("the provider never answers"),
                () = service.provider.has_seen(seen + 1) => {}
            }
            service.provider.was_left().await;
        }
        _ => drop(service.post("/v1/chat/completions", &[], &body).await),
    }
    bill
}

fn check(event: &UsageEvent, ending: Ending, bill: Option<(u64, u64)>) {
    let tokens = event.tokens.map(|tokens| (tokens.all_input(), tokens.all_output()));
    let source = event.settlement.source;
    let outcome = match ending {
        Ending::Cut | Ending::Refused | Ending::Silent => Outcome::Failed,
        Ending::Left | Ending::Drained | Ending::LeftEarly => Outcome::Disconnected,
        _ => Outcome::Complete,
    };
    assert_eq!(event.outcome, outcome, "{ending:?}");
    match (bill, ending) {
        (Some(bill), _) => {
            assert_eq!(tokens, Some(bill), "{ending:?}: what the provider reported is never replaced");
            let expected =
                if outcome == Outcome::Complete { UsageSource::Reported } else { UsageSource::Partial };
            assert_eq!(source, expected, "{ending:?}");
        }
        (None, Ending::LeftEarly) => {
            assert_eq!(source, UsageSource::Estimated, "{ending:?}");
            assert!(tokens.is_some_and(|(input, output)| input > 0 && output == 0), "{ending:?}: {tokens:?}");
        }
        (None, Ending::Refused | Ending::Silent) => {
            assert_eq!((tokens, source), (None, UsageSource::None), "{ending:?}");
        }
        (None, _) => {
            assert_eq!(source, UsageSource::Estimated, "{ending:?}");
            assert!(tokens.is_some_and(|(input, output)| input > 0 && output > 0), "{ending:?}: {tokens:?}");
        }
    }
    // 1 µUSD a token of input, 2 a token of output; what failed costs its client nothing.
    let charge = tokens.map(|(input, output)| i64::try_from(input * 1_000 + output * 2_000).unwrap());
    let charge = if outcome == Outcome::Failed { charge.map(|_| 0) } else { charge };
    assert_eq!(event.charge.map(NanoUsd::nanos), charge, "{ending:?}");
}

#[actix_web::test]
async fn every_ending_is_recorded_once_with_what_the_provider_billed_or_a_marked_estimate() {
    let calls =
        std::env::var("ALIAS_TEST_ENDINGS").ok().and_then(|text| text.parse().ok()).unwrap_or(330_u64);
    let service = Service::start().await;
    let (mut reported, mut billed) = ((0, 0), (0, 0));
    for number in 0..calls {
        // Silence is waited for, and so comes less often.
        let ending = if number % 500 == 99 {
            Ending::Silent
        } else {
            ENDINGS[usize::try_from(number).unwrap() % ENDINGS.len()]
        };
        let bill = call(&service, ending, number).await;
        let event = service.event(number).await;
        check(&event, ending, bill);
        if let (Some((input, output)), Some(tokens)) = (bill, event.tokens) {
            billed = (billed.0 + input, billed.1 + output);
            reported = (reported.0 + tokens.all_input(), reported.1 + tokens.all_output());
        }
    }
    assert_eq!(reported, billed, "the books and the provider's bill agree");
    assert_eq!(service.events(), calls, "a record for each call, and no more");
    println!("{calls} calls, {billed:?} tokens billed");
}
