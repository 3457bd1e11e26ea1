#!/usr/bin/env bash
# Runs an example in Rust, with the libraries of scripts/docs/rust: rust.sh FILE, which is called main.rs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(dirname "${1:?usage: rust.sh FILE}")
mkdir "$folder/src"
cp "$1" "$folder/src/main.rs"
cp "$here"/rust/Cargo.{toml,lock} "$folder"
cd "$folder"
exec env CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/../../target}/docs" cargo run --quiet --locked
