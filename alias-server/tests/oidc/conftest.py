"""What every test is given: a provider process of its own, and an alias-server whose people it vouches for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(HERE.parent / "sdk"))

from service import Service, free_port  # noqa: E402

ADMIN_KEY = "an-admin-key-of-more-than-32-characters"

# A proxy of the environment must not come between the tests and the loopback address.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


class Provider(Service):
    """A running OpenID provider, and the people that it knows."""

    def __init__(self, folder: Path):
        port = free_port()
        argv = [sys.executable, str(HERE / "provider.py"), str(port)]
        log = folder / "provider.log"
        super().__init__(argv, {}, log, f"http://127.0.0.1:{port}", "/.well-known/openid-configuration", 30)

    def knows(self, sub: str, **claims: object) -> None:
        """Sets everything that the provider says of somebody."""
        claims = {"email": f"{sub}@acme.example", "email_verified": True, "name": sub.title()} | claims
        assert httpx.put(f"{self.url}/users/{sub}", json=claims).is_success


class AliasServer(Service):
    """A running alias-server with single sign-on, and its administrator."""

    def __init__(self, folder: Path, issuer: str | None):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        binary = os.environ.get("ALIAS_SERVER_BIN", str(REPOSITORY / "target/debug/alias-server"))
        environment = {"ALIAS_ADMIN_KEY": ADMIN_KEY, "ALIAS_LOG": "info"}
        if issuer:
            environment |= {
                "ALIAS_OIDC_ISSUER": issuer,
                "ALIAS_OIDC_CLIENT_ID": "aliases",
                "ALIAS_OIDC_CLIENT_SECRET": "the-secret-of-the-client",
                "ALIAS_OIDC_ROLES": "platform=admin;staff=viewer;acme=org-admin@org_acme",
                "ALIAS_OIDC_EMAIL_DOMAINS": "acme.example",
                "ALIAS_PUBLIC_URL": url,
            }
        argv = [binary, "--listen", f"127.0.0.1:{port}", "--data-dir", str(folder / "data")]
        super().__init__(argv, environment, folder / "server.log", url, "/health/ready", 20)
        self.api = httpx.Client(base_url=url, timeout=30, headers={"Authorization": f"Bearer {ADMIN_KEY}"})

    def admin(self, method: str, path: str, body: object = None) -> dict:
        """One command of the administrator; anything but 2xx fails the test."""
        answer = self.api.request(method, f"/api/{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def refusals(self) -> list[tuple[str, str, str]]:
        """Action, name and code of what was refused, the newest first."""
        records = self.admin("GET", "audit?outcome=refused")["records"]
        return [(record["action"], record["name"], record["diff"]["code"]) for record in records]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """A provider that knows nobody yet."""
    service = Provider(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def server(provider: Provider, tmp_path: Path) -> Iterator[AliasServer]:
    """An alias-server that this provider vouches for people at."""
    service = AliasServer(tmp_path, provider.url)
    yield service
    service.api.close()
    service.stop()
