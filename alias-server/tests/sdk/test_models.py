"""The list of models: what a team may call, and nothing else."""

import openai
import pytest


def test_a_team_sees_exactly_the_models_that_it_may_call(server):
    for alias in ("smart", "fast", "secret"):
        server.create_alias(alias, "openai/gpt-4")
    server.admin("PUT", "model-aliases/fast", {"active": False})
    client = server.client(server.team_key("smart", "fast"))

    assert [model.id for model in client.models.list()] == ["smart"]


def test_a_model_whose_name_has_a_slash_can_be_retrieved(server):
    server.create_alias("openai/gpt-4", "openai/gpt-4")
    client = server.client(server.team_key("openai/gpt-4"))

    model = client.models.retrieve("openai/gpt-4")

    assert (model.id, model.object) == ("openai/gpt-4", "model")


def test_a_model_that_was_not_granted_cannot_be_retrieved(server):
    for alias in ("smart", "secret"):
        server.create_alias(alias, "openai/gpt-4")
    client = server.client(server.team_key("smart"))

    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.models.retrieve("secret")

    assert refused.value.code == "model_access_denied"
