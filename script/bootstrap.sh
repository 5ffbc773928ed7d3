# Sourced by the commands of script/: a virtual environment with what they need, from a bare machine.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv

# WeasyPrint loads these two; nothing on the Python registry brings them.
PDF_PACKAGES="libpangoft2-1.0-0 libharfbuzz-subset0"
# Turns DOCX and ODT into PDF, with the metrics of the usual typefaces. The portal does without: it then says so.
CONVERSION_PACKAGES="libreoffice-writer-nogui fonts-liberation fonts-crosextra-carlito"

# Reads the text of scans. The portal does without: they are then found by what is typed about them.
OCR_PACKAGES="tesseract-ocr tesseract-ocr-fra"

# What tests talk to: a real antivirus (with a signature of ours), a real mailbox.
TEST_PACKAGES="clamav-daemon dovecot-imapd"

fail() { printf '%s\n' "$*" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages PACKAGE…: installs what is missing when root, else says what to type and returns 1.
need_packages() {
  local missing="" package
  if ! command -v dpkg-query >/dev/null; then
    echo "Ce système n’est ni Debian ni Ubuntu : installez vous-même l’équivalent de $*." >&2
    return 0
  fi
  for package in "$@"; do installed "$package" || missing="$missing $package"; done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "Il manque des paquets. Tapez :" >&2
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends$missing" >&2
    return 1
  fi
  echo "Installation de$missing…"
  local said
  # shellcheck disable=SC2086
  said=$(export DEBIAN_FRONTEND=noninteractive && apt-get update -qq 2>&1 &&
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 $missing 2>&1) ||
    { printf '%s\n' "$said" "L’installation de$missing a échoué." >&2; return 1; }
}

find_python() {
  local name
  for name in python3 python3.11 python3.12 python3.13 python3.14; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# need_venv LOCK: .venv with requirements/LOCK.txt, installed again only when that file changes.
need_venv() {
  local lock=$ROOT/requirements/$1.txt stamp=$VENV/$1.installed sum python
  if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python) || { need_packages python3 || exit 1; python=$(find_python); } ||
      fail "Il faut Python 3.11 ou plus récent."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
      need_packages "$([ "$python" = /usr/bin/python3 ] && echo python3-venv || echo "$(basename "$python")-venv")" || exit 1
    fi
    echo "Création de l’environnement Python…"
    "$python" -m venv --clear "$VENV"
  fi
  sum=$(sha256sum <"$lock")
  [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return
  echo "Installation des bibliothèques ($1)…"
  install_lock "$lock"
  echo "$sum" >"$stamp"
}

# uv when the lock file has it (ten times faster), pip otherwise or when uv cannot reach the registry.
install_lock() {
  if [ ! -x "$VENV/bin/uv" ] && grep -q '^uv==' "$1"; then
    pip_install <(awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' "$1")
  fi
  if [ -x "$VENV/bin/uv" ] && "$VENV/bin/uv" pip install -q --python "$VENV/bin/python" \
    --compile-bytecode --require-hashes -r "$1"; then
    return
  fi
  pip_install "$1" || fail "L’installation des bibliothèques a échoué : voyez le message ci-dessus."
}

pip_install() { "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"; }
