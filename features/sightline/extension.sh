#!/bin/sh
# Installs the extension into the window that was attached, where the editor did not take it from the path that the Feature names.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v code >/dev/null || exit 0
code --list-extensions 2>/dev/null | grep -q -i '^sightline\.sightline$' && exit 0
code --install-extension "$here/sightline.vsix" || echo "Sightline: install $here/sightline.vsix by \"Extensions: Install from VSIX...\"." >&2
