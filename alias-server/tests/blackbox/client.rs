//! The client crate against a real server: chats on their own and in jobs, bit by bit, and refused.

use alias_client::{Chat, Client, ClientError, NewJob};

use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

fn started(provider: &Provider) -> (Server, Client) {
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    let client = Client::new(&format!("http://{}", server.address), &key).unwrap();
    (server, client)
}

#[tokio::test]
async fn a_client_calls_by_alias_in_a_job_and_alone() {
    let provider = Provider::start();
    let (server, client) = started(&provider);
    assert_eq!(client.models().await.unwrap(), ["fast", "smart"]);
    let job = NewJob::of_type("document_analysis").for_user("user-42").with_metadata("pages", 3);
    let job = client.create_job(&job).await.unwrap();
    let chat = Chat::of("smart").system("Be brief.").user("Hello").with("temperature", 0.2);
    let answer = client.chat(&chat.clone().in_job(&job)).await.unwrap();
    assert_eq!(answer.model, "smart");
    assert!(!answer.content.is_empty() && answer.body["call_id"].is_string(), "{answer:?}");
    let costs = client.complete_job(&job).await.unwrap();
    assert_eq!(costs["total_calls"], 1, "{costs}");
    let alone = client.chat(&chat).await.unwrap();
    assert!(alone.body.get("call_id").is_none() && alone.total_tokens.is_some(), "{alone:?}");
    let seen = server.ok("GET", "/api/teams/team/jobs", None);
    assert_eq!(
        (&seen["jobs"][0]["status"], &seen["jobs"][0]["user_id"]),
        (&"completed".into(), &"user-42".into())
    );
}

#[tokio::test]
async fn a_stream_comes_bit_by_bit_and_has_an_end() {
    let provider = Provider::start();
    let (_server, client) = started(&provider);
    let job = client.create_job(&NewJob::of_type("greeting")).await.unwrap();
    let chat = Chat::of("smart").user("Hello");
    for chat in [chat.clone(), chat.in_job(&job)] {
        let mut chunks = client.stream(&chat).await.unwrap();
        let mut all = Vec::new();
        while let Some(text) = chunks.next_text().await.unwrap() {
            all.push(text);
        }
        assert!(all.len() > 1 && all.concat() == "Hello there", "{all:?}");
        assert!(chunks.next().await.unwrap().is_none(), "the end stays the end");
    }
    provider.set(Mode::Status(500));
    let Err(ClientError::Refused(why)) = client.stream(&Chat::of("smart").user("Hello")).await else {
        panic!("the provider failed")
    };
    assert!(why.status >= 500, "{why:?}");
}

#[tokio::test]
async fn a_refusal_says_why_and_what_can_be_called() {
    let provider = Provider::start();
    let (server, client) = started(&provider);
    let Err(ClientError::Refused(why)) = client.chat(&Chat::of("smrt").user("Hello")).await else {
        panic!("it is refused")
    };
    assert_eq!((why.status, why.code.as_str()), (404, "model_not_found"));
    assert_eq!(why.available_models, ["fast", "smart"]);
    let job = client.create_job(&NewJob::of_type("greeting")).await.unwrap();
    client.fail_job(&job, "nothing to do").await.unwrap();
    let chat = Chat::of("smart").user("Hello").in_job(&job);
    let Err(ClientError::Refused(why)) = client.chat(&chat).await else { panic!("it has ended") };
    assert_eq!((why.status, why.code.as_str()), (409, "job_finished"));
    let stranger = Client::new(&format!("http://{}", server.address), "sk-nobody").unwrap();
    let Err(ClientError::Refused(why)) = stranger.models().await else { panic!("nobody knows it") };
    assert_eq!(why.status, 401);
    assert!(matches!(Client::new("localhost:8003", "sk"), Err(ClientError::Invalid(_))));
    drop(server);
    assert!(matches!(client.models().await, Err(ClientError::Unreachable(_))));
}
