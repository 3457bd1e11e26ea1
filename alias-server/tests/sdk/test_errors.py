"""Refusals arrive as the exception classes of OpenAI's SDK, with the documented code."""

import openai
import pytest

HELLO = [{"role": "user", "content": "Hello"}]


def refusal(expected, client, model, **more):
    """The exception of a chat that must be refused with exactly this class."""
    with pytest.raises(expected) as refused:
        client.chat.completions.create(model=model, messages=HELLO, **more)
    assert type(refused.value) is expected
    assert refused.value.request_id
    return refused.value


def test_an_unknown_key_is_an_authentication_error(server):
    server.create_alias("smart", "openai/gpt-4")

    error = refusal(openai.AuthenticationError, server.client("sk-nobody"), "smart")

    assert (error.status_code, error.code) == (401, "invalid_api_key")
    assert "sk-nobody" not in error.response.text


def test_a_model_that_was_not_granted_is_a_permission_error_that_names_what_was(server):
    for alias in ("smart", "fast"):
        server.create_alias(alias, "openai/gpt-4")

    error = refusal(openai.PermissionDeniedError, server.client(server.team_key("fast")), "smart")

    assert (error.status_code, error.code) == (403, "model_access_denied")
    assert error.body["available_models"] == ["fast"]


def test_a_disabled_model_is_a_permission_error_until_it_is_enabled_again(server):
    server.create_alias("smart", "openai/gpt-4")
    client = server.client(server.team_key("smart"))
    server.admin("PUT", "model-aliases/smart", {"active": False})

    error = refusal(openai.PermissionDeniedError, client, "smart")
    assert (error.status_code, error.code) == (403, "model_disabled")

    server.admin("PUT", "model-aliases/smart", {"active": True})
    assert client.chat.completions.create(model="smart", messages=HELLO).choices


def test_an_unknown_model_is_a_not_found_error_that_suggests_the_nearest(server):
    server.create_alias("smart", "openai/gpt-4")

    error = refusal(openai.NotFoundError, server.client(server.team_key("smart")), "smrt")

    assert (error.status_code, error.code, error.param) == (404, "model_not_found", "model")
    assert "smart" in error.message


def test_a_provider_model_cannot_be_called_by_its_own_name(server):
    server.create_alias("smart", "openai/gpt-4")

    error = refusal(openai.NotFoundError, server.client(server.team_key("smart")), "openai/gpt-4")

    assert error.code == "model_not_found"


def test_a_provider_that_limits_its_rate_is_a_rate_limit_error(server):
    server.create_alias("busy", "openai/gpt-4o-mini")

    error = refusal(openai.RateLimitError, server.client(server.team_key("busy")), "busy")

    assert (error.status_code, error.code) == (429, "upstream_rate_limited")
    assert "litellm" not in error.response.text.lower()


def test_a_field_that_would_steer_litellm_is_a_bad_request(server):
    server.create_alias("smart", "openai/gpt-4")
    client = server.client(server.team_key("smart"))

    error = refusal(openai.BadRequestError, client, "smart", extra_body={"api_base": "http://127.0.0.1:9"})

    assert (error.status_code, error.code, error.param) == (400, "unknown_parameter", "api_base")
