"""An OpenID provider process: oidc-provider-mock, which also holds its clients to PKCE."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from urllib.parse import parse_qs, urlparse

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import flask  # noqa: E402
import oidc_provider_mock  # noqa: E402
from werkzeug.serving import run_simple  # noqa: E402

app = oidc_provider_mock.app(require_nonce=True)

# What each code was asked for with: the challenge and its method.
challenges: dict[str, tuple[str | None, str | None]] = {}


@app.after_request
def remember_challenge(response: flask.Response) -> flask.Response:
    """Notes the challenge of every code that is given out."""
    if flask.request.path == "/oauth2/authorize" and response.location:
        for code in parse_qs(urlparse(response.location).query).get("code", []):
            asked = flask.request.args
            challenges[code] = (asked.get("code_challenge"), asked.get("code_challenge_method"))
    return response


@app.before_request
def check_verifier() -> tuple[dict[str, str], int] | None:
    """Gives nothing for a code whose challenge the verifier does not meet."""
    if flask.request.path != "/oauth2/token":
        return None
    challenge, method = challenges.get(flask.request.form.get("code", ""), (None, None))
    digest = hashlib.sha256(flask.request.form.get("code_verifier", "").encode()).digest()
    met = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
    return None if method == "S256" and met else ({"error": "invalid_grant"}, 400)


if __name__ == "__main__":
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
