#!/usr/bin/env bash
# Installs the Debian packages that the tests need: servers that are not ours, a browser, fonts.
# Without the right to install it names what is missing in one line and fails.
set -euo pipefail

packages=(chromium fonts-noto-cjk g++ gcc libc6-dev libmodbus-dev make mariadb-client-core mariadb-server-core mbpoll mosquitto mosquitto-clients nginx-light poppler-utils postgresql-15 prometheus python3-aiosmtpd python3-cryptography python3-openpyxl python3-pymodbus python3-serial-asyncio snmp snmpd socat)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
# The libmodbus test servers are among its examples, which slim images leave out.
examples=/usr/share/doc/libmodbus-dev/examples/unit-test-server.c
[ -e "$examples" ] || missing+=(libmodbus-dev)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "make test needs these Debian packages: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 -qq update
apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--path-include=/usr/share/doc/libmodbus-dev/* -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
[ -e "$examples" ] || apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--path-include=/usr/share/doc/libmodbus-dev/* -qq -y --reinstall install libmodbus-dev >/dev/null
