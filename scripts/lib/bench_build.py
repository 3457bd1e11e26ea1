"""The programs that are measured, built."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def build(profile):
    """The folder of the binaries, after building them."""
    subprocess.run(["cargo", "build", "--profile", profile, "--locked", "-p", "alias-server", "--bin", "alias-server",
                    "--examples"], cwd=ROOT, check=True)
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"], cwd=ROOT,
                              check=True, capture_output=True).stdout
    return pathlib.Path(json.loads(metadata)["target_directory"]) / profile
