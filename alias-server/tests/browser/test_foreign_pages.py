"""Somebody with an open server on this machine visits a malicious page: nothing is written, nothing is read."""

from __future__ import annotations

from attacker import Attacker


def said(document: str) -> dict[str, str]:
    """What the page noted of its attempts."""
    assert "<title>done</title>" in document, document
    lines = document.partition("<pre>")[2].partition("</pre>")[0].splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def test_a_page_of_another_site_writes_nothing_and_reads_nothing(start, visit):
    server = start("--log", "debug")
    server.create("precious")
    with Attacker(server.url, behind=None) as attacker:
        seen = said(visit(f"http://evil.example:{attacker.port}/"))
    reads = {"read", "create", "simple", "json", "delete"}
    assert {attempt: seen.get(attempt) for attempt in reads} == dict.fromkeys(reads, "blocked")
    # What browsers send without asking first did arrive, and was turned away.
    assert server.log.read_text().count("cross_site_request") == len(["create", "simple", "text form", "url form"])
    assert server.aliases() == ["precious"]


def test_a_name_that_is_bound_anew_to_this_machine_is_not_served(start, visit):
    server = start()
    server.create("precious")
    with Attacker("", behind=server.port) as attacker:
        seen = said(visit(f"http://evil.example:{attacker.port}/"))
    for attempt in ("read", "create", "json", "delete"):
        assert seen[attempt].startswith("421 "), seen
    assert "litellm_model" not in seen["read"]
    assert server.aliases() == ["precious"]


def test_the_same_page_gets_through_where_its_name_is_allowed(start, visit):
    """Shows that the attack above is one: only the check of the name stands in its way."""
    server = start("--allowed-hosts", "evil.example")
    server.create("precious")
    with Attacker("", behind=server.port) as attacker:
        seen = said(visit(f"http://evil.example:{attacker.port}/"))
    assert "precious" in seen["read"]
    assert server.aliases() == ["by-fetch", "by-json", "by-simple"]
