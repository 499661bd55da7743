#!/bin/sh
# A PostgreSQL server of one's own, for tests: reached by a socket in a folder of its own, over no network.
#
# Prints its address, then lives until its standard input closes. That happens when whoever started it ends, however it
# ends; then the server is stopped and its folder removed.
set -eu

bin=
for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
    if [ -x "$folder/initdb" ]; then bin=$folder; fi
done
if [ -z "$bin" ] && command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
if [ -z "$bin" ]; then
    echo "PostgreSQL is missing. It is needed for the tests of the event store." >&2
    echo "  What to do: run \`cargo xtask setup\`, which installs it (Debian calls it: postgresql)" >&2
    exit 3
fi

# PostgreSQL does not run as root.
as=
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi

folder=$(mktemp -d /tmp/phase8-postgres.XXXXXX)
server=
stop() {
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM
if [ -n "$as" ]; then chown "$user" "$folder"; fi

fail() {
    echo "A PostgreSQL server for the tests did not start ($1):" >&2
    cat "$2" >&2
    exit 4
}

cd "$folder"
$as "$bin/initdb" -D "$folder/data" -U phase8 -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
    fail initdb "$folder/initdb.log"
# Nothing here outlives a power cut, so nothing waits for the disk, unless it is to be measured.
$as "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=300 \
    -c fsync="${PHASE8_POSTGRES_FSYNC:-off}" -c shared_buffers=32MB >"$folder/server.log" 2>&1 &
server=$!
tries=0
until "$bin/pg_isready" -q -h "$folder" -U phase8 -d postgres; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then fail postgres "$folder/server.log"; fi
    sleep 0.05
done
echo "postgres:///postgres?user=phase8&host=$folder"
cat >/dev/null
