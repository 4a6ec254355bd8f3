#!/bin/sh
# What a prebuild does for each commit: packages, bundles, and the extension that the editor installs from here.
set -eu
node scripts/setup.mjs
PATH="$PWD/node_modules/.bin:$PATH" node scripts/package.mjs .cache/sightline.vsix
