"""Frameworks that take OpenAI's API for granted, against a real LiteLLM, beyond what docs/how-to/frameworks.md shows."""

import openai
import pytest
from langchain_openai import ChatOpenAI
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike

GREETING = "Hello from GPT-4."


@pytest.fixture
def key(server):
    """A team that may call `smart`, which is openai/gpt-4."""
    server.create_alias("smart", "openai/gpt-4")
    return server.team_key("smart")


@pytest.fixture
def base_url(server):
    return f"{server.url}/v1"


def test_langchain_answers_and_streams_in_the_name_of_the_alias(base_url, key):
    model = ChatOpenAI(model="smart", base_url=base_url, api_key=key)

    answer = model.invoke("Hello")

    assert answer.content == GREETING
    assert answer.response_metadata["model_name"] == "smart"
    assert answer.usage_metadata["total_tokens"] > 0
    assert "".join(chunk.content for chunk in model.stream("Hello")) == GREETING


def test_llamaindex_answers_and_streams(base_url, key):
    model = OpenAILike(model="smart", api_base=base_url, api_key=key, is_chat_model=True)
    hello = [ChatMessage(role="user", content="Hello")]

    assert model.chat(hello).message.content == GREETING
    assert "".join(part.delta or "" for part in model.stream_chat(hello)) == GREETING


def test_a_framework_shows_why_an_alias_is_refused(base_url, key):
    with pytest.raises(openai.NotFoundError, match="smarter") as refused:
        ChatOpenAI(model="smarter", base_url=base_url, api_key=key, max_retries=0).invoke("Hello")

    assert refused.value.code == "model_not_found"
