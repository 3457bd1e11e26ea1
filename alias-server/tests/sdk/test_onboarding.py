"""The user guide's client onboarding, typed as it stands there, ends with a call that works."""

import json
import subprocess
from pathlib import Path

COMMANDS = json.loads((Path(__file__).parents[1] / "data/guide_commands.json").read_text())
ONBOARDING = [c["argv"] for c in COMMANDS if c["section"] == "Complete Client Onboarding Example"]


def curl(server, argv):
    """Runs one of the guide's commands with the real curl; the JSON of its answer."""
    here = [part.replace("http://localhost:8003", server.url) for part in argv]
    done = subprocess.run(["curl", "-sS", "--fail-with-body", *here], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, f"{here}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def test_the_guides_onboarding_ends_with_a_working_call(server):
    assert len(ONBOARDING) == 5
    team = [curl(server, argv) for argv in ONBOARDING][-1]

    client = server.client(team["virtual_key"])
    answer = client.chat.completions.create(model="gpt-3.5-turbo", messages=[{"role": "user", "content": "Hello"}])

    assert answer.choices[0].message.content == "Hello from GPT-3.5 Turbo."
    assert [model.id for model in client.models.list()] == ["gpt-3.5-turbo"]
