"""A small client of Model Aliases: chats by alias, on their own or in jobs. Needs Python 3.10 and httpx.

    async with AliasClient("http://localhost:8003", api_key=os.environ["TEAM_KEY"]) as client:
        async with client.job("document_analysis") as job_id:
            response = await client.chat(job_id=job_id, model="smart", messages=[{"role": "user", "content": "Hello!"}])
            print(response.content)

Whoever needs more of OpenAI's API than chats takes OpenAI's own client with `base_url="http://localhost:8003/v1"`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


class AliasError(Exception):
    """A refusal: `status`, `code` (a stable word), `available_models` where a model was refused."""

    def __init__(self, status: int, body: dict[str, Any]):
        inner = body["error"] if isinstance(body.get("error"), dict) else body
        self.status = status
        self.code: str = inner.get("code") or "unknown"
        self.available_models: list[str] = inner.get("available_models") or []
        self.message: str = inner.get("message") or inner.get("detail") or "the server refused, and did not say why"
        super().__init__(f"{self.message} ({status} {self.code})")


@dataclass(frozen=True)
class Response:
    """An answer: what was said, under which alias, and all of it."""

    content: str
    model: str
    body: dict[str, Any]


class AliasClient:
    """One server, and the key of one team."""

    def __init__(self, base_url: str, api_key: str, timeout: float = 600.0):
        headers = {"Authorization": f"Bearer {api_key}"}
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=httpx.Timeout(timeout, connect=10))

    async def __aenter__(self) -> AliasClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def chat(
        self,
        *,
        messages: list[dict[str, Any]],
        model: str | None = None,
        job_id: str | None = None,
        **parameters: Any,
    ) -> Response:
        """One call, of the team's default model where none is named. It is sent once: nothing is paid for twice."""
        path = f"/api/jobs/{job_id}/llm-call" if job_id else "/v1/chat/completions"
        body = await self._post(path, _chat(model, messages, parameters))
        return Response(body["choices"][0]["message"].get("content") or "", body["model"], body)

    async def stream(
        self,
        *,
        messages: list[dict[str, Any]],
        model: str | None = None,
        job_id: str | None = None,
        **parameters: Any,
    ) -> AsyncIterator[str]:
        """The same, bit by bit."""
        path = f"/api/jobs/{job_id}/llm-call-stream" if job_id else "/v1/chat/completions"
        body = _chat(model, messages, parameters) | ({} if job_id else {"stream": True})
        async with self._http.stream("POST", path, json=body) as answer:
            if not answer.is_success:
                await answer.aread()
                raise AliasError(answer.status_code, _json(answer))
            async for line in answer.aiter_lines():
                data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
                if data == "[DONE]":
                    return
                event = json.loads(data) if data else {}
                if "error" in event:
                    raise AliasError(answer.status_code, event)
                for choice in event.get("choices", []):
                    if text := choice["delta"].get("content"):
                        yield text
        raise AliasError(answer.status_code, {"message": "the answer broke off", "code": "broken_off"})

    async def create_job(self, job_type: str, **facts: Any) -> str:
        """Creates a job; its id. A repetition after a lost answer creates no second one."""
        once = {"Idempotency-Key": str(uuid.uuid4())}
        for attempt in range(3):
            try:
                return (await self._post("/api/jobs/create", {"job_type": job_type, **facts}, once))["job_id"]
            except httpx.TransportError:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    async def complete_job(self, job_id: str, status: str = "completed", **facts: Any) -> dict[str, Any]:
        """Ends a job as `completed` or `failed`; what it cost."""
        return (await self._post(f"/api/jobs/{job_id}/complete", {"status": status, **facts}))["costs"]

    @asynccontextmanager
    async def job(self, job_type: str, **facts: Any) -> AsyncIterator[str]:
        """A job around a block: completed at its end, failed where it raises."""
        job_id = await self.create_job(job_type, **facts)
        try:
            yield job_id
        except BaseException as why:
            await self.complete_job(job_id, "failed", error_message=str(why)[:2000] or type(why).__name__)
            raise
        await self.complete_job(job_id)

    async def _post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
        answer = await self._http.post(path, json=body, headers=headers)
        if not answer.is_success:
            raise AliasError(answer.status_code, _json(answer))
        return answer.json()


def _chat(model: str | None, messages: list[dict[str, Any]], parameters: dict[str, Any]) -> dict[str, Any]:
    return {**({"model": model} if model else {}), "messages": messages, **parameters}


def _json(answer: httpx.Response) -> dict[str, Any]:
    """The body of a refusal; whoever stands between may refuse without JSON."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
