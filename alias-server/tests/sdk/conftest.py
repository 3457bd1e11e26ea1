"""What every test is given: a LiteLLM for the whole run, and a fresh alias-server in front of it for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from service import Service, free_port

REPOSITORY = Path(__file__).resolve().parents[3]
UPSTREAM_KEY = "sk-litellm-master-key-of-the-tests"

# A proxy of the environment must not come between the tests and the loopback address.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


class AliasServer(Service):
    """A running alias-server: the operator's commands, and clients for its teams."""

    def __init__(self, folder: Path, upstream_url: str):
        port = free_port()
        binary = os.environ.get("ALIAS_SERVER_BIN", str(REPOSITORY / "target/debug/alias-server"))
        argv = [binary, "--listen", f"127.0.0.1:{port}", "--data-dir", str(folder / "data"), "--upstream-url", upstream_url]
        environment = {"ALIAS_UPSTREAM_KEY": UPSTREAM_KEY, "ALIAS_LOG": "info"}
        super().__init__(argv, environment, folder / "server.log", f"http://127.0.0.1:{port}", "/health/ready", 60)
        self.api = httpx.Client(base_url=self.url, timeout=60)

    def admin(self, method: str, path: str, body: object = None) -> dict:
        """One command of the operator; anything but 2xx fails the test."""
        answer = self.api.request(method, f"/api/{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def create_alias(self, alias: str, litellm_model: str) -> dict:
        """An alias that no team may call yet."""
        return self.admin("POST", "model-aliases/create", {"alias": alias, "litellm_model": litellm_model})

    def team_key(self, *aliases: str, team: str = "acme-prod", credits: int = 1000) -> str:
        """Makes a team that may call exactly these aliases; its key."""
        group = {"group_name": f"{team}-models", "model_aliases": list(aliases)}
        self.admin("POST", "model-access-groups/create", group)
        self.admin("POST", "organizations/create", {"organization_id": f"org_{team}", "name": team})
        wanted = {"organization_id": f"org_{team}", "team_id": team, "credits_allocated": credits}
        return self.admin("POST", "teams/create", wanted | {"access_groups": [group["group_name"]]})["virtual_key"]

    def client(self, key: str, max_retries: int = 0) -> openai.OpenAI:
        """OpenAI's own client, pointed here."""
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=key, max_retries=max_retries, timeout=120)

    def usage_stats(self, alias: str) -> dict:
        """What the details of an alias say about its use."""
        return self.admin("GET", f"model-aliases/{alias}")["usage_stats"]


@pytest.fixture(scope="session")
def litellm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real LiteLLM proxy with mock models; slow to start, so there is one for all tests."""
    port = free_port()
    service = Service(
        [str(REPOSITORY / "scripts/litellm"), str(port)],
        {"LITELLM_MASTER_KEY": UPSTREAM_KEY},
        tmp_path_factory.mktemp("litellm") / "litellm.log",
        f"http://127.0.0.1:{port}",
        "/health/liveliness",
        300,
    )
    yield service
    service.stop()


@pytest.fixture
def server(litellm: Service, tmp_path: Path) -> Iterator[AliasServer]:
    """A fresh alias-server with an empty data folder."""
    service = AliasServer(tmp_path, litellm.url)
    yield service
    service.api.close()
    service.stop()
