"""People who sign in through an OpenID provider, and those who must not."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import httpx
import pytest

from conftest import AliasServer, Provider

LOGIN = "/api/admin-users/oidc/login"


class Browser:
    """Goes where it is led, and keeps its cookies."""

    def __init__(self, server: AliasServer):
        self.http = httpx.Client(base_url=server.url, timeout=30)

    def begin(self) -> str:
        """To the provider: the address that the server leads to."""
        answer = self.http.get(LOGIN)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def consent(self, url: str, sub: str) -> str:
        """At the provider, as somebody: the address that leads back."""
        answer = httpx.post(url, data={"sub": sub})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def sign_in(self, sub: str) -> httpx.Response:
        """All of it; the answer to the way back."""
        return self.http.get(self.consent(self.begin(), sub))

    def me(self) -> httpx.Response:
        """Who the server takes this browser for."""
        return self.http.get("/api/admin-users/me")


def changed(url: str, **parameters: str) -> str:
    """An address with other parameters."""
    parts = urlparse(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | parameters
    return parts._replace(query=urlencode(query)).geturl()


@pytest.fixture
def browser(server: AliasServer) -> Browser:
    """A browser that was nowhere yet."""
    return Browser(server)


def test_somebody_with_a_role_signs_in(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["other", "platform"])
    asked = parse_qs(urlparse(browser.begin()).query)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{server.url}/api/admin-users/oidc/callback"]
    assert asked["scope"][0].split() == ["openid", "email", "profile"]

    answer = browser.sign_in("ada")
    assert answer.status_code == 200, answer.text
    # Not a redirect: the cookie is Strict, and a redirect would still be on the provider's behalf.
    assert 'http-equiv="refresh"' in answer.text and "url=/ui" in answer.text
    session = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("alias_session="))
    assert "HttpOnly" in session and "SameSite=Strict" in session

    me = browser.me().json()
    assert (me["role"], me["user"]["email"], me["user"]["sign_in"]) == ("admin", "ada@acme.example", "open_id")
    done = {record["action"] for record in server.admin("GET", "audit?outcome=done")["records"]}
    assert {"account.create", "session.create"} <= done
    assert Browser(server).sign_in("ada").status_code == 200
    assert len(server.admin("GET", "admin-users")["users"]) == 1


def test_the_cookie_of_an_attempt_is_for_the_way_back_only(browser: Browser) -> None:
    kept = browser.http.get(LOGIN).headers["set-cookie"]
    assert "HttpOnly" in kept and "SameSite=Lax" in kept and "Max-Age=600" in kept


def test_a_wrong_state_is_refused(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(browser.begin(), "ada")
    assert browser.http.get(changed(back, state="another")).status_code == 401
    assert browser.me().status_code == 401
    assert server.refusals()[0][::2] == ("session.create", "invalid_credentials")


def test_a_way_back_works_once_and_in_one_browser(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(browser.begin(), "ada")
    assert Browser(server).http.get(back).status_code == 401, "a browser that did not begin it"
    cookie = dict(browser.http.cookies)
    assert browser.http.get(back).status_code == 200
    assert browser.http.get(back).status_code == 401, "the cookie of the attempt is gone"
    thief = httpx.Client(base_url=server.url, cookies=cookie)
    assert thief.get(back).status_code == 401, "the provider redeems a code once"


def test_an_id_token_for_another_attempt_is_refused(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(changed(browser.begin(), nonce="another"), "ada")
    assert browser.http.get(back).status_code == 401
    assert browser.me().status_code == 401


def test_a_code_that_another_client_asked_for_is_refused(
    server: AliasServer, provider: Provider, browser: Browser
) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(changed(browser.begin(), code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), "ada")
    assert browser.http.get(back).status_code == 401
    assert browser.me().status_code == 401


def test_an_answer_of_another_provider_is_refused(provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(browser.begin(), "ada")
    assert browser.http.get(changed(back, iss="https://evil.example")).status_code == 401
    assert browser.me().status_code == 401


def test_somebody_without_a_role_is_refused_and_leaves_a_record(
    server: AliasServer, provider: Provider, browser: Browser
) -> None:
    provider.knows("eve", groups=["visitors"])
    assert browser.sign_in("eve").status_code == 403
    assert browser.me().status_code == 401
    assert server.admin("GET", "admin-users")["users"] == []
    assert ("session.create", "eve@acme.example", "forbidden") in server.refusals()


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email": "eve@evil.example"}, {"email": "eve@sub.acme.example"}]
)
def test_an_address_that_nobody_vouches_for_is_refused(
    claims: dict, server: AliasServer, provider: Provider, browser: Browser
) -> None:
    provider.knows("eve", groups=["platform"], **claims)
    assert browser.sign_in("eve").status_code == 403
    assert server.admin("GET", "admin-users")["users"] == []


def test_a_role_follows_what_the_provider_says(server: AliasServer, provider: Provider, browser: Browser) -> None:
    server.admin("POST", "organizations/create", {"organization_id": "org_acme", "name": "Acme"})
    provider.knows("ada", groups=["staff"])
    assert browser.sign_in("ada").status_code == 200
    before = browser.me().json()
    assert before["role"] == "viewer"

    provider.knows("ada", groups="acme")
    assert browser.sign_in("ada").status_code == 200
    after = browser.me().json()
    assert (after["role"], after["organization_id"]) == ("org-admin", "org_acme")
    assert after["user"]["user_id"] == before["user"]["user_id"]

    provider.knows("ada", groups=[])
    assert browser.sign_in("ada").status_code == 403


def test_a_role_in_an_organization_that_is_not_there_is_refused(provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["acme"])
    assert browser.sign_in("ada").status_code == 403


def test_a_disabled_account_stays_out(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    assert browser.sign_in("ada").status_code == 200
    user = browser.me().json()["user"]["user_id"]
    server.admin("PUT", f"admin-users/{user}", {"active": False})
    assert browser.me().status_code == 401, "the session ended"
    assert Browser(server).sign_in("ada").status_code == 403
    assert len(server.admin("GET", "admin-users")["users"]) == 1


def test_an_account_with_a_password_is_not_taken_over(
    server: AliasServer, provider: Provider, browser: Browser
) -> None:
    account = {"email": "ada@acme.example", "password": "correct horse battery", "role": "viewer"}
    server.admin("POST", "admin-users", account)
    provider.knows("ada", groups=["platform"])
    assert browser.sign_in("ada").status_code == 403
    assert [user["role"] for user in server.admin("GET", "admin-users")["users"]] == ["viewer"]


def test_a_provider_that_is_away_is_said_so(server: AliasServer, provider: Provider, browser: Browser) -> None:
    provider.knows("ada", groups=["platform"])
    back = browser.consent(browser.begin(), "ada")
    provider.stop()
    answer = browser.http.get(back)
    assert (answer.status_code, answer.json()["code"]) == (502, "identity_provider_unavailable")
    assert browser.me().status_code == 401


def test_a_provider_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = AliasServer(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        try:
            began = time.monotonic()
            assert httpx.get(server.url + LOGIN, timeout=30).status_code == 502
            assert time.monotonic() - began < 25
            assert httpx.get(server.url + "/health").status_code == 200
        finally:
            server.stop()


def test_without_a_provider_there_is_no_single_sign_on(tmp_path: Path) -> None:
    server = AliasServer(tmp_path, None)
    try:
        assert httpx.get(server.url + LOGIN).status_code == 404
    finally:
        server.stop()
