#!/usr/bin/env bash
# Installs what the system, its tests and its checks need: Debian's packages (root or sudo), Python packages into .venv,
# the broker's jars into var/parts, Node packages. Each step is done again only when what it reads has changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

DEBIAN_PACKAGES=(postgresql-15 clamav-daemon bubblewrap util-linux ffmpeg libmagic1 chromium fonts-dejavu maven
  prometheus prometheus-alertmanager)
DEBIAN_DAEMONS=(postgresql clamav-daemon clamav-freshclam prometheus prometheus-alertmanager)  # that come with them
NODE=20
STAMPS=var/parts/stamps
mkdir -p "$STAMPS"

say() { printf '%s\n' "$*" >&2; }

# changed NAME FILE...: whether step NAME has to be done for the present content of FILE...
changed() {
  local name=$1
  shift
  digest=$(cat "$@" deploy/local/install.sh | sha256sum)
  [ "$(cat "$STAMPS/$name" 2>/dev/null)" != "$digest" ]
}
done_with() { printf '%s' "$digest" >"$STAMPS/$1"; }

install_debian_packages() {
  local missing=() package
  for package in "${DEBIAN_PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing Debian packages: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  # Debian would start daemons of its own, now and at each boot; ours are started by the supervisor alone. One that was
  # there before stays as it is: somebody may use it.
  local new=() daemon
  for daemon in "${DEBIAN_DAEMONS[@]}"; do
    [ -e "/etc/init.d/$daemon" ] || new+=("$daemon")
  done
  "${as_root[@]}" mkdir -p /etc/systemd/system
  for daemon in "${new[@]}"; do
    "${as_root[@]}" ln -sf /dev/null "/etc/systemd/system/$daemon.service"
  done
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >var/parts/apt.log
  for daemon in "${new[@]}"; do
    "${as_root[@]}" update-rc.d "$daemon" disable
  done
}

install_python_packages() {
  changed python requirements/*.lock pyproject.toml */pyproject.toml */*/pyproject.toml || return 0
  say "Installing Python packages into .venv"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/installer.lock
  .venv/bin/uv pip sync -q --compile-bytecode --require-hashes requirements/all.lock
  local packages=() each
  for each in contracts chassis clients/python services/* deploy/local deploy/kpk-sandbox; do packages+=(-e "$each"); done
  .venv/bin/uv pip install -q --no-deps --no-build-isolation "${packages[@]}"
  done_with python
}

# The services run as somebody who can't write here: each start would compile every module again (5 s instead of one).
compile_python() {
  .venv/bin/python -m compileall -q -j 0 */src */*/src
}

compile_translations() {
  local catalogues
  catalogues=$(find chassis clients services deploy/kpk-sandbox -name '*.po')
  [ -n "$catalogues" ] || return 0
  # shellcheck disable=SC2086  # one word a file
  changed translations $catalogues || return 0
  local catalogue
  for catalogue in $catalogues; do
    .venv/bin/pybabel -q compile -i "$catalogue" -o "${catalogue%.po}.mo"
  done
  done_with translations
}

install_kafka() {
  changed kafka deploy/local/kafka/pom.xml || return 0
  say "Fetching the jars of Apache Kafka"
  rm -rf var/parts/kafka.new  # a broker that runs meanwhile keeps its own
  mvn -B -q -ntp -f deploy/local/kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$PWD/var/parts/kafka.new/libs" >/dev/null
  rm -rf var/parts/kafka
  mv var/parts/kafka.new var/parts/kafka
  done_with kafka
}

require_node() {
  local version
  version=$(node --version 2>/dev/null || true)
  [ "$(printf '%s' "${version#v}" | cut -d. -f1)" -ge "$NODE" ] 2>/dev/null && return
  say "Node $NODE or later is needed, and ${version:-none} is here. README.md says where it comes from."
  exit 1
}

install_node_packages() {
  local folder
  for folder in contracts/typescript services/intake/portal; do
    changed "node-${folder//\//-}" "$folder/package-lock.json" || continue
    say "Installing Node packages of $folder"
    npm --prefix "$folder" ci --silent --no-fund --no-audit >/dev/null
    done_with "node-${folder//\//-}"
  done
}

build_portal() {
  local sources
  sources=$(find services/intake/portal contracts/typescript/src contracts/generated -type f \
    -not -path '*/node_modules/*' -not -path '*/tests/*' | sort)
  # shellcheck disable=SC2086  # one word a file
  if ! changed portal $sources chassis/src/chassis/static/staff.css && [ -f services/intake/src/intake/dist/index.html ]; then
    return 0
  fi
  say "Building the reporter's page"
  npm --prefix services/intake/portal run --silent build >/dev/null
  done_with portal
}

require_node
install_debian_packages
install_python_packages
compile_python
compile_translations
install_kafka
install_node_packages
build_portal
