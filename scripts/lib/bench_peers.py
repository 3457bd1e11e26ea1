"""What people would use instead, as systems of the benchmark: nginx, Portkey's gateway, LiteLLM's proxy.

Each with one process and no database. Two of them are so slow that they are sent a part of the load
only: at the full rate they would queue, and the figure would be the length of the queue.
"""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys

from bench_systems import LOOPBACK, MODEL, System, postgres_programs

LIBRARY = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "model-aliases"
PORTKEY = CACHE / "peers/node_modules/@portkey-ai/gateway"
LITELLM = CACHE / "python/bin/litellm"


def need(function):
    """Whether what the function of needs.sh installs is there now."""
    command = f'set -euo pipefail; source "{LIBRARY}/needs.sh"; {function}'
    if subprocess.run(["bash", "-c", command], stdout=sys.stderr).returncode == 0:
        return True
    print(f"{function} failed: what needs it is left out", file=sys.stderr)
    return False


def start_peers(stack, folder, upstream):
    """Those that can be installed here, in the order of their speed."""
    peers = []
    if need("need_packages missing_peer_packages"):
        peers.append(nginx(stack, folder, upstream))
    if need("need_portkey"):
        peers.append(portkey(stack, folder, upstream))
    if need("need_python"):
        peers.append(litellm(stack, folder, upstream))
    return peers


def nginx(stack, folder, upstream):
    home = folder / "nginx"
    home.mkdir()
    config = home / "nginx.conf"
    temporary = "".join(f"  {kind}_temp_path {home}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    many = "keepalive_requests 1000000000;"
    # Its port is known only when it is made: the configuration names it by the same place holder.
    peer = System(stack, folder, "nginx", [shutil.which("nginx") or "/usr/sbin/nginx", "-c", config, "-p", home])
    config.write_text(f"""\
daemon off;
master_process off;
worker_processes 1;
error_log stderr warn;
pid {home}/pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 32m;
  client_body_buffer_size 64k;
{temporary}  {many}
  upstream mock {{ server {LOOPBACK}:{upstream}; keepalive 128; {many} }}
  server {{
    listen {LOOPBACK}:{peer.port};
    location / {{
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
""")
    return peer


def portkey(stack, folder, upstream):
    headers = ["Authorization: Bearer unused", "x-portkey-provider: openai",
               f"x-portkey-custom-host: http://{LOOPBACK}:{upstream}/v1"]
    return System(stack, folder, "Portkey", ["node", PORTKEY / "build/start-server.js", "--port={port}", "--headless"],
                  {"NODE_ENV": "production"}, share=0.1, headers=headers)


def litellm(stack, folder, upstream):
    config = folder / "litellm.json"  # which is YAML, too
    models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_key": "unused",
                                                      "api_base": f"http://{LOOPBACK}:{upstream}/v1"}}
              for name in (MODEL, f"{MODEL}-paced")]
    config.write_text(json.dumps({"model_list": models}))
    key = f"sk-{secrets.token_urlsafe(32)}"  # without one it does not start
    quiet = {"LITELLM_MASTER_KEY": key, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False",
             "LITELLM_DONT_SHOW_FEEDBACK_BOX": "True"}
    peer = System(stack, folder, "LiteLLM", [LITELLM, "--config", config, "--host", LOOPBACK, "--port", "{port}"],
                  quiet, share=0.02)
    peer.key, peer.patience = key, 120.0
    return peer


def versions():
    """Of each peer that is there."""
    def said(*command):
        try:
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
        except OSError:
            return None
        words = (done.stdout + done.stderr).split()
        return next((word.rpartition("/")[2] for word in words if any(c.isdigit() for c in word)), None)

    package = PORTKEY / "package.json"
    found = {
        "nginx": said(shutil.which("nginx") or "/usr/sbin/nginx", "-v"),
        "Portkey": json.loads(package.read_text())["version"] if package.exists() else None,
        "PostgreSQL": said(programs / "postgres", "--version") if (programs := postgres_programs()) else None,
        "LiteLLM": said(LITELLM.parent / "python", "-c",
                        "import importlib.metadata as m; print(m.version('litellm'))"),
    }
    return {name: version for name, version in found.items() if version}
