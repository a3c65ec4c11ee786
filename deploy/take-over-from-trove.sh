#!/usr/bin/env bash
# Registers the flavors that Trove associates with the versions of its datastores: docs/from-trove.md.
# Needs openstack, curl, jq (1.6 or later) and an admin's OS_* settings.
set -euo pipefail

USAGE='usage: take-over-from-trove.sh [--dry-run] [--table FILE] [--associations FILE]

  --table FILE         lines NAME=service-type or NAME:VERSION=service-type; with nothing behind the last "=", it is
                       left out. A datastore that the table does not name has its own name as its service type.
  --associations FILE  what the database of Trove says, instead of its API; docs/from-trove.md has the query
  --dry-run            tells what would be registered, and registers nothing

Ends with 0 when all was taken over or left out by the table, with 1 when something needs you (the last lines say
what), and with 2 when it could not begin.'
BATCH=1000 # flavors of one request: all of them are registered, or none

fail() {
  printf 'take-over-from-trove.sh: %s\n' "$*" >&2
  exit 2
}

TABLE='' ASSOCIATIONS='' QUERY='' NEW='new' LISTED=0
while [ $# -gt 0 ]; do
  case $1 in
    --table | --associations)
      if [ ! -r "${2:-}" ] || [ -d "$2" ]; then fail "$1 needs a file that can be read, and not \"${2:-}\"."; fi
      if [ "$1" = --table ]; then TABLE=$2; else ASSOCIATIONS=$2; fi
      shift 2
      ;;
    --dry-run)
      QUERY='?dry_run=true' NEW='would be new'
      shift
      ;;
    --help | -h)
      echo "$USAGE"
      exit 0
      ;;
    *) fail "there is no option \"$1\"."$'\n'"$USAGE" ;;
  esac
done
for program in openstack curl jq; do
  command -v $program >/dev/null || fail "$program is not installed."
done
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# ---------------------------------------------------------------- requests

# Prints the address of a service of the catalog.
endpoint() {
  local urls
  urls=$(openstack catalog show "$1" -f json | jq -r '
    (env.OS_REGION_NAME // "") as $region | ((env.OS_INTERFACE // "public") | rtrimstr("URL")) as $interface
    | [.endpoints[]? | select(.interface == $interface and ($region == "" or .region == $region)) | .url | rtrimstr("/")]
    | unique[]') || fail 'the service catalog cannot be read.'
  case $urls in
    '') fail "the service catalog has no \"$1\" that goes with OS_REGION_NAME and OS_INTERFACE." ;;
    *$'\n'*) fail "the service catalog has \"$1\" in several regions: set OS_REGION_NAME." ;;
    *) echo "$urls" ;;
  esac
}

# Sends a request; the token is on no command line and in no file. Sets STATUS; the response is in $WORK/response, and
# null is in the place of an empty one, which jq would take for a good one. Where none comes, STATUS is 000, and
# $WORK/trouble says why.
ask() {
  : >"$WORK/response"
  STATUS=$(curl -sS -g --path-as-is --connect-timeout 10 --max-time 120 --retry 3 ${OS_CACERT:+--cacert "$OS_CACERT"} \
    -H @<(printf 'X-Auth-Token: %s\n' "$TOKEN") -D "$WORK/headers" -o "$WORK/response" -w '%{http_code}' "$@" \
    2>"$WORK/trouble") || STATUS=000
  [ -s "$WORK/response" ] || echo null >"$WORK/response"
}

# Prints what was wrong with the last response, in one line: by this service's errors, or Trove's.
why() {
  local said
  said=$(jq -r '[(.errors[]? | "\(.title): \(.detail)"), (.[]? | objects | .message | strings)] | unique | join(" ")
    | gsub("[[:cntrl:]]+"; " ")' "$WORK/response" 2>/dev/null) || said=''
  if [ "$STATUS" = 000 ]; then
    tr -s '[:cntrl:]' ' ' <"$WORK/trouble"
  else
    echo "$STATUS ${said:-with no reason that can be read}"
  fi
}

# Prints the items of a list of Trove's, one a line, page after page. What counts of a link is its query: the rest may name
# a host that cannot be reached from here, or must not be told the token.
list_trove() {
  local page=$1 next tries
  while :; do
    for tries in 1 2 3 4 5; do # 413: too many requests in this minute, and the time to wait
      ask "$TROVE/$page"
      if [ "$STATUS" != 413 ] || [ "$tries" = 5 ]; then break; fi
      sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,3\}\).*/\1/p' "$WORK/headers" | grep . || echo 10)"
    done
    jq -c ".$2 | arrays" "$WORK/response" >"$WORK/items" 2>/dev/null || return 1
    if [ "$STATUS" != 200 ] || [ ! -s "$WORK/items" ]; then return 1; fi
    jq -c '.[]' "$WORK/items"
    next=$(jq -r "[.links, .$2_links | arrays[] | select(.rel == \"next\") | .href] | .[0] // empty" "$WORK/response")
    [ -n "$next" ] || return 0
    next="$1?${next#*\?}"
    [ "$next" != "$page" ] || return 1
    page=$next
  done
}

# ---------------------------------------------------------------- what is associated: a line for each version

read_database() {
  jq -cs 'if all(.[]; type == "object" and ([.datastore, .version | type] == ["string", "string"]) and has("flavor_id"))
    then group_by([.datastore, .version, .version_id])[] else error end
    | .[0] + {flavor_ids: ([.[].flavor_id | values | tostring] | if . == [] then null else unique end)}' \
    "$ASSOCIATIONS" >"$WORK/versions" 2>/dev/null || : >"$WORK/versions"
  [ -s "$WORK/versions" ] ||
    fail "$ASSOCIATIONS has to be what the query of docs/from-trove.md prints: JSON, a line for each association."
}

# A version with no association lists every flavor, as one does with which all are associated; flavor_ids is null then.
# Flavors come and go meanwhile: every flavor is what was there before and after.
read_trove() {
  local version
  list_trove flavors flavors >"$WORK/before" || fail "Trove does not list its flavors: $(why)"
  list_trove datastores datastores >"$WORK/datastores" || fail "Trove does not list its datastores: $(why)"
  jq -c '. as $datastore | .versions[]? | {datastore: $datastore.name, version: .name, active,
    path: "datastores/\($datastore.id | @uri)/versions/\(.id | @uri)/flavors"}' "$WORK/datastores" >"$WORK/paths"
  while IFS= read -r version; do
    if list_trove "$(jq -r .path <<<"$version")" flavors >"$WORK/associated"; then
      jq -c --slurpfile flavors "$WORK/associated" '.flavor_ids = ([$flavors[].str_id] | unique)' <<<"$version"
    else
      jq -c --arg trouble "$(why)" '.trouble = $trouble' <<<"$version"
    fi
  done <"$WORK/paths" >"$WORK/listed"
  list_trove flavors flavors >"$WORK/after" || fail "Trove does not list its flavors: $(why)"
  jq -c --slurpfile before "$WORK/before" --slurpfile after "$WORK/after" '
    [$before[].str_id] as $before | ($before - ($before - [$after[].str_id])) as $every
    | if .flavor_ids != [] and $every - (.flavor_ids // []) == [] then .flavor_ids = null else . end' \
    "$WORK/listed" >"$WORK/versions"
  LISTED=$(wc -l <"$WORK/before")
}

# ---------------------------------------------------------------- what becomes of them: the table

read_table() {
  local mistakes
  jq -Rs 'ltrimstr("\ufeff") | [split("\n") | to_entries[] | {line: (.key + 1)} + (.value | sub("^\\s+"; "")
      | select(. != "" and (startswith("#") | not))
      | capture("^(?<name>.*?)\\s*=\\s*(?<type>[^=]*?)\\s*$") // {name: ""})]' "${TABLE:-/dev/null}" >"$WORK/table"
  mistakes=$(jq -r '[(.[] | select(.name == "") | "line \(.line) is not NAME=service-type"),
      (group_by(.name)[] | select(.[0].name != "" and (map(.type) | unique | length > 1))
        | "lines \(map(.line | tostring) | join(" and ")) give \(.[0].name | @json) different service types")]
    | join(", ")' "$WORK/table")
  [ -z "$mistakes" ] || fail "$TABLE: $mistakes."
}

# A line for each version: what is to be done with it, and how the report calls it.
plan() {
  jq -c --slurpfile table "$WORK/table" '
    def trim: sub("^\\s+"; "") | sub("\\s+$"; "");
    ($table[0] | map({(.name): .type}) | add // {}) as $types
    | (.datastore | trim) as $name | "\($name):\(.version | trim)" as $whole
    | ($types[$whole] // $types[$name] // .datastore) as $type
    | {names: [$whole, $name], flavor_ids, trouble, service_type: $type,
       label: "\(.datastore | @json) \(.version | @json)\(if .active == false or .active == 0 then " (not active)" else "" end
         )\(if $type == "" then "" else " -> \($type | gsub("[[:cntrl:]]"; "?"))" end)",
       todo: (if $type == "" then "leave out" elif .trouble then "tell" elif .flavor_ids == null then "ask"
         elif .flavor_ids == [] then "miss" else "register" end)}' "$WORK/versions" >"$WORK/plan"
}

# ---------------------------------------------------------------- registering, and the report

needs_you() {
  printf '%s\n' "$*" | tee -a "$WORK/needs_you"
}

# Prints those of the flavors in $WORK/batch of which the last response says that Nova has none with such an ID.
not_in_nova() {
  jq -c --slurpfile batch "$WORK/batch" '$batch[0].flavor_ids as $sent | [.errors[]
    | if .code == "registered-flavors.flavor.unknown" then .detail | capture("\"(?<id>[^\"]+)\"").id
      elif .code == "registered-flavors.flavor_id.invalid" then
        (.detail | capture("^Item (?<item>[0-9]+) ").item | tonumber) as $item | $sent[$item - 1]
      else error end] | . - (. - $sent)' "$WORK/response" 2>/dev/null || echo '[]'
}

# Registers the flavors of a version, in batches. Those that Nova does not have are taken out, and the rest is sent again.
register() {
  local new=0 before=0 counts gone
  echo '[]' >"$WORK/missing"
  jq -c '.flavor_ids' "$WORK/version" >"$WORK/left"
  while [ "$(jq length "$WORK/left")" != 0 ]; do
    jq -c --slurpfile left "$WORK/left" --argjson most $BATCH \
      '{service_types: [.service_type], flavor_ids: $left[0][:$most]}' "$WORK/version" >"$WORK/batch"
    ask -X POST -H 'Content-Type: application/json' --data-binary @"$WORK/batch" "$RF/RegisteredFlavors$QUERY"
    gone='[]'
    counts=$(jq -r 'select(.registered) | "\(.registered | length) \(.already_registered | length)"' \
      "$WORK/response" 2>/dev/null) || counts=''
    if [ -n "$counts" ]; then
      new=$((new + ${counts% *})) before=$((before + ${counts#* }))
    else
      gone=$(not_in_nova)
      [ "$gone" != '[]' ] || needs_you "$1: refused: $(why)"
    fi
    echo "$gone" >"$WORK/gone"
    jq -c '. + input' "$WORK/missing" "$WORK/gone" >"$WORK/next" && mv "$WORK/next" "$WORK/missing"
    jq -c --argjson most $BATCH 'input as $gone | if $gone == [] then .[$most:] else . - $gone end' \
      "$WORK/left" "$WORK/gone" >"$WORK/next" && mv "$WORK/next" "$WORK/left"
  done
  [ $((new + before)) = 0 ] || echo "$1: $NEW: $new, there before: $before"
  jq -e '. == []' "$WORK/missing" >/dev/null ||
    needs_you "$1: not in Nova: $(jq -r 'map(@json) | join(", ")' "$WORK/missing")"
}

take_over() {
  local label
  label=$(jq -r .label "$WORK/version")
  case $(jq -r .todo "$WORK/version") in
    'leave out') echo "$label: left out, as the table says" ;;
    tell) needs_you "$label: Trove does not list its flavors: $(jq -r .trouble "$WORK/version")" ;;
    ask) needs_you "$label: no association in Trove, or all flavors: left for you to decide" ;;
    miss) needs_you "$label: Trove lists none of the flavors that are associated with it" ;;
    register) register "$label" ;;
  esac
}

read_table
TOKEN=$(openstack token issue -f value -c id) || fail 'Keystone gives no token: look at the OS_* settings.'
RF=$(endpoint registered-flavors)
if [ -n "$ASSOCIATIONS" ]; then
  read_database
else
  TROVE=$(endpoint database)
  read_trove
fi
plan
: >"$WORK/needs_you"
while IFS= read -r version; do
  printf '%s\n' "$version" >"$WORK/version"
  take_over
done <"$WORK/plan"
jq -r --slurpfile plan "$WORK/plan" 'map(.name) - [$plan[].names[]] | unique[] | @json' "$WORK/table" >"$WORK/unused"
while IFS= read -r name; do
  needs_you "$name in the table: Trove has no such datastore or version"
done <"$WORK/unused"

if [ "$LISTED" -ge 1000 ]; then
  echo "Trove lists $LISTED flavors. Where Nova has more, some associations do not show; --associations has them all."
fi
echo "Versions in Trove: $(wc -l <"$WORK/plan"). Things that need you: $(wc -l <"$WORK/needs_you")."
[ -s "$WORK/needs_you" ] || exit 0
sed 's/^/  /' "$WORK/needs_you"
exit 1
