#!/bin/sh
# Appends to .env a random value for each secret that compose.yaml asks for and .env does not have yet. Hexadecimal, so
# that it may stand in a URL as it is. Run it again after an update: what is there stays.
set -eu
cd "$(dirname "$0")/.."
umask 077
touch .env && chmod 600 .env
# The last line of a hand-written file may lack its end.
[ -z "$(tail -c 1 .env)" ] || echo >> .env
for name in $(grep -o '\${[A-Z0-9_]*:?' compose.yaml | tr -d '${:?' | sort -u); do
  grep -q "^$name=." .env || printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >> .env
done
echo "Secrets are in .env; ADMIN_PASSWORD is the first password of admin."
