#!/usr/bin/env bash
# Makes an image that stands in for node:24-bookworm-slim where no registry of images can be reached: Debian's packages, the
# Node.js that runs this, and this machine's npm as it is set up here.
#
#   node-image.sh NAME [options of buildah]
set -euo pipefail
name=$1 && shift
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
npm=$(command -v npm)

mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$work/debian.tar"
own=()
for file in "$npm" "$(npm root --global)/npm" "$(npm config get globalconfig)" "$(npm config get userconfig)"; do
  if [ -e "$file" ]; then own+=("${file#/}"); fi
done
tar --create --file "$work/own.tar" --directory / "${own[@]}"
cp --dereference /etc/ssl/certs/ca-certificates.crt "$work"
cp --dereference "$(command -v node)" "$work/node"

container=$(buildah "$@" from scratch)
buildah "$@" add --quiet "$container" "$work/debian.tar" /
buildah "$@" add --quiet "$container" "$work/own.tar" /
buildah "$@" add --quiet "$container" "$work/node" /usr/local/bin/
buildah "$@" add --quiet "$container" "$work/ca-certificates.crt" /etc/ssl/certs/
buildah "$@" config --env PATH="/usr/local/bin:$(dirname "$npm"):/usr/bin:/bin:/usr/sbin:/sbin" \
  --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
buildah "$@" commit --quiet --rm "$container" "$name"
