#!/bin/sh
# Make web/vendor/ again: what the pages take from npm, bundled, since they have no build step and load nothing from elsewhere.
set -eu
cd "$(dirname "$0")/.."
version=0.7.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" "qr@$version" esbuild@0.28.2
echo 'export { encodeQR } from "qr";' > "$folder/qr-entry.mjs"
{
    echo "// @ts-nocheck - made by tools/make_vendor.sh from npm qr $version, MIT, (c) 2023 Paul Miller: see LICENCE.qr.txt"
    "$folder/node_modules/.bin/esbuild" "$folder/qr-entry.mjs" --bundle --minify --format=esm --legal-comments=none
} > web/vendor/qr.js
cp "$folder/node_modules/qr/LICENSE-MIT" web/vendor/LICENCE.qr.txt
