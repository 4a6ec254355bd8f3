#!/bin/sh
# Installs the AWS CLI and Postgres's client below the folder given, each where it is missing: `sh .gitpod/tools.sh /workspace/.tools`.
set -eu
tools=$1
mkdir -p "$tools/bin"
PATH=$tools/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v aws >/dev/null; then
  curl --fail --silent --show-error --location --output "$work/aws.zip" \
    "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip"
  unzip -q "$work/aws.zip" -d "$work"
  "$work/aws/install" --install-dir "$tools/aws-cli" --bin-dir "$tools/bin"
fi

if ! command -v psql >/dev/null; then
  # Unpacked instead of installed: a prebuild keeps nothing outside of /workspace.
  sudo apt-get update -qq
  (cd "$work" && apt-get download -qq libpq5 "$(apt-cache depends postgresql-client | sed -n 's/.*Depends: \(postgresql-client-[0-9]*\)$/\1/p')")
  for package in "$work"/*.deb; do
    dpkg-deb --extract "$package" "$tools/postgres"
  done
  library=$(dirname "$(find "$tools/postgres" -name 'libpq.so.5' | head -n 1)")
  program=$(find "$tools/postgres/usr/lib/postgresql" -name psql | head -n 1)
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$library" "$program" >"$tools/bin/psql"
  chmod +x "$tools/bin/psql"
  # An image without a library that it needs gets the whole package, until its workspace ends.
  "$tools/bin/psql" --version >/dev/null 2>&1 || {
    rm "$tools/bin/psql"
    sudo apt-get install -qq --yes postgresql-client
  }
fi
