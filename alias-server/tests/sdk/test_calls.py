"""Calls that work: each endpoint of OpenAI's SDK, and Anthropic's messages, through LiteLLM."""

import base64

import httpx
import openai
import pytest

HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def smart(server):
    """A client whose team may call `smart`, which is openai/gpt-4."""
    server.create_alias("smart", "openai/gpt-4")
    return server.client(server.team_key("smart"))


def test_a_chat_is_answered_in_the_name_of_the_alias(smart):
    answer = smart.chat.completions.create(model="smart", messages=HELLO)

    assert answer.choices[0].message.content == "Hello from GPT-4."
    assert answer.model == "smart"
    assert answer.usage.total_tokens > 0


def test_no_answer_names_the_provider(smart):
    raw = smart.chat.completions.with_raw_response.create(model="smart", messages=HELLO)

    assert "openai/" not in raw.text
    assert not [name for name in raw.headers if "litellm" in name.lower()]


def test_a_stream_carries_the_whole_answer_in_the_name_of_the_alias(smart):
    chunks = list(smart.chat.completions.create(model="smart", messages=HELLO, stream=True))

    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello from GPT-4."
    assert {c.model for c in chunks} == {"smart"}
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_a_stream_tells_its_usage_only_to_those_who_ask(smart):
    asked = {"stream_options": {"include_usage": True}}
    with_usage = list(smart.chat.completions.create(model="smart", messages=HELLO, stream=True, **asked))
    without = list(smart.chat.completions.create(model="smart", messages=HELLO, stream=True))

    assert with_usage[-1].usage.total_tokens > 0
    assert {c.model for c in with_usage} == {"smart"}
    assert [c.usage for c in without] == [None] * len(without)


def test_embeddings_arrive_as_numbers(server):
    server.create_alias("search", "openai/text-embedding-3-small")
    client = server.client(server.team_key("search"))

    answer = client.embeddings.create(model="search", input=["Hello"])

    assert answer.data[0].embedding == [0.25, -0.5, 0.75]
    assert answer.model == "search"


def test_a_response_is_answered_in_the_name_of_the_alias(smart):
    answer = smart.responses.create(model="smart", input="Hello")

    assert answer.output_text == "Hello from GPT-4."
    assert answer.model == "smart"


def test_the_id_of_a_response_hides_the_provider_and_is_taken_back(smart):
    first = smart.responses.create(model="smart", input="Hello")
    second = smart.responses.create(model="smart", input="And now?", previous_response_id=first.id)

    assert second.output_text == "Hello from GPT-4."
    for id in (first.id, second.id):
        assert id.startswith("resp_")
        assert b"openai" not in base64.urlsafe_b64decode(id.removeprefix("resp_") + "==")

    made_up = "litellm:custom_llm_provider:anthropic;model_id:x;response_id:resp_1"
    for foreign in [f"resp_{base64.b64encode(made_up.encode()).decode()}", "resp_1"]:
        with pytest.raises(openai.BadRequestError) as refused:
            smart.responses.create(model="smart", input="Hello", previous_response_id=foreign)
        assert (refused.value.code, refused.value.param) == ("invalid_value", "previous_response_id")


def test_anthropics_messages_are_answered_with_the_key_in_x_api_key(server):
    server.create_alias("claude", "anthropic/claude-3-opus-20240229")
    key = server.team_key("claude")
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    body = {"model": "claude", "max_tokens": 50, "messages": HELLO}

    answer = httpx.post(f"{server.url}/v1/messages", headers=headers, json=body, timeout=20)

    assert answer.status_code == 200, answer.text
    message = answer.json()
    assert message["content"][0]["text"] == "Hello from Claude 3 Opus."
    assert (message["type"], message["role"], message["model"]) == ("message", "assistant", "claude")


def test_switching_the_provider_changes_the_next_answer_and_nothing_else_for_the_client(server, smart):
    before = smart.chat.completions.create(model="smart", messages=HELLO)
    server.admin("PUT", "model-aliases/smart", {"litellm_model": "anthropic/claude-3-opus-20240229"})
    after = smart.chat.completions.create(model="smart", messages=HELLO)

    assert before.choices[0].message.content == "Hello from GPT-4."
    assert after.choices[0].message.content == "Hello from Claude 3 Opus."
    assert before.model == after.model == "smart"
