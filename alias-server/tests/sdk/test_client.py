"""The example client in examples/python does what the user guide's client code does."""

import asyncio
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "examples/python"))
from alias_client import AliasClient, AliasError  # noqa: E402

HELLO = [{"role": "user", "content": "Hello"}]


def test_a_chat_in_a_job_costs_one_credit_and_goes_on_after_a_switch(server):
    server.create_alias("smart", "openai/gpt-4")
    key = server.team_key("smart")

    async def run():
        async with AliasClient(server.url, api_key=key) as client:
            async with client.job("greeting", user_id="user-42") as job_id:
                first = await client.chat(job_id=job_id, model="smart", messages=HELLO, max_tokens=50)
                server.admin("PUT", "model-aliases/smart", {"litellm_model": "openai/gpt-3.5-turbo"})
                second = await client.chat(job_id=job_id, model="smart", messages=HELLO)
                streamed = [part async for part in client.stream(job_id=job_id, model="smart", messages=HELLO)]
            alone = await client.chat(model="smart", messages=HELLO)
            return first, second, "".join(streamed), alone

    first, second, streamed, alone = asyncio.run(run())
    assert (first.model, second.model) == ("smart", "smart")
    assert first.content != second.content == streamed == alone.content
    balance = server.admin("GET", "credits/balance?team_id=acme-prod")
    assert balance["credits_used"] == 2, "the job, and the call on its own"


def test_a_refusal_says_what_can_be_called_and_fails_the_job(server):
    server.create_alias("smart", "openai/gpt-4")
    server.create_alias("other", "openai/gpt-4")
    key = server.team_key("smart")

    async def run():
        async with AliasClient(server.url, api_key=key) as client, client.job("greeting") as job_id:
            await client.chat(job_id=job_id, model="other", messages=HELLO)

    with pytest.raises(AliasError) as refused:
        asyncio.run(run())
    assert (refused.value.status, refused.value.code) == (403, "model_access_denied")
    assert refused.value.available_models == ["smart"]
    assert server.admin("GET", "teams/acme-prod/jobs")["jobs"][0]["status"] == "failed"
