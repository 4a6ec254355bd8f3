#!/bin/sh
# What a prebuild does for each commit: packages, bundles, and the extension that the editor installs from here.
set -eu
node scripts/setup.mjs
vsix=.cache/sightline.vsix
if [ ! -e "$vsix" ] || [ -n "$(find extension -newer "$vsix" -not -path '*/node_modules/*' -print -quit)" ]; then
  PATH="$PWD/node_modules/.bin:$PATH" node scripts/package.mjs "$vsix"
fi
