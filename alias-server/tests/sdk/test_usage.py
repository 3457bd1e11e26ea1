"""What is counted: every call once, with its tokens and its cost, and soon."""

import openai
import pytest

from service import eventually

# Seconds. Within one is what is promised, of a machine that has nothing else to do.
PATIENCE = 20
HELLO = [{"role": "user", "content": "Hello"}]


def stats_after(server, alias, calls):
    """The usage of an alias as soon as it shows so many calls."""

    def counted():
        stats = server.usage_stats(alias)
        return stats if stats["total_calls"] >= calls else None

    return eventually(counted, PATIENCE, f"{alias} shows {calls} calls")


def cost_of_gpt4(usage):
    """What LiteLLM says that these tokens cost, in USD: 30 per million in, 60 per million out."""
    return pytest.approx((usage.prompt_tokens * 30 + usage.completion_tokens * 60) / 1_000_000)


def test_a_call_is_counted_with_tokens_and_cost(server):
    server.create_alias("smart", "openai/gpt-4")
    client = server.client(server.team_key("smart"))

    answer = client.chat.completions.create(model="smart", messages=HELLO)
    stats = stats_after(server, "smart", 1)

    assert stats["total_calls"] == 1
    assert stats["failed_calls"] == 0
    assert stats["avg_tokens_per_call"] == answer.usage.total_tokens
    assert stats["total_cost_usd"] == cost_of_gpt4(answer.usage)


def test_a_refusal_is_no_call(server):
    server.create_alias("smart", "openai/gpt-4")
    server.create_alias("fast", "openai/gpt-4")
    client = server.client(server.team_key("fast"))

    with pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(model="smart", messages=HELLO)
    client.chat.completions.create(model="fast", messages=HELLO)
    stats_after(server, "fast", 1)

    assert server.usage_stats("smart")["total_calls"] == 0


def test_a_stream_is_counted_with_the_tokens_that_the_provider_reports(server):
    server.create_alias("smart", "openai/gpt-4")
    client = server.client(server.team_key("smart"))

    asked = {"stream_options": {"include_usage": True}}
    *_, last = client.chat.completions.create(model="smart", messages=HELLO, stream=True, **asked)
    stats = stats_after(server, "smart", 1)

    assert stats["avg_tokens_per_call"] == last.usage.total_tokens
    assert stats["total_cost_usd"] == cost_of_gpt4(last.usage)


def test_a_client_that_leaves_in_the_middle_of_a_stream_is_counted_once(server):
    server.create_alias("long", "openai/gpt-4o")
    client = server.client(server.team_key("long"))

    stream = client.chat.completions.create(model="long", messages=HELLO, stream=True)
    first = next(iter(stream))
    stream.close()
    assert first.model == "long"
    stats = stats_after(server, "long", 1)
    assert stats["total_calls"] == 1

    list(client.chat.completions.create(model="long", messages=HELLO, stream=True))
    assert stats_after(server, "long", 2)["total_calls"] == 2
