#!/usr/bin/env bash
# Makes an image that stands in for node:20-bookworm-slim where no registry of images can be reached: Debian's packages, what
# compiles better-sqlite3, and this machine's Node.js with npm as it is set up here.
#
#   node-image.sh NAME [options of buildah]
set -euo pipefail
name=$1 && shift
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

mmdebstrap --quiet --variant=minbase --include=ca-certificates,g++,make,python3 bookworm "$work/debian.tar"
own=()
for file in "$(command -v node)" "$(command -v npm)" "$(npm root --global)/npm" /usr/include/node \
  "$(npm config get globalconfig)" "$(npm config get userconfig)"; do
  if [ -e "$file" ]; then own+=("${file#/}"); fi
done
tar --create --file "$work/own.tar" --directory / "${own[@]}"
cp --dereference /etc/ssl/certs/ca-certificates.crt "$work"

container=$(buildah "$@" from scratch)
buildah "$@" add --quiet "$container" "$work/debian.tar" /
buildah "$@" add --quiet "$container" "$work/own.tar" /
buildah "$@" add --quiet "$container" "$work/ca-certificates.crt" /etc/ssl/certs/
buildah "$@" config --env PATH="$PATH" --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
buildah "$@" commit --quiet --rm "$container" "$name"
