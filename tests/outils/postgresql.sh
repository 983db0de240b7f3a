#!/usr/bin/env bash
# Run a command beside a temporary PostgreSQL, given in DATABASE_URL; nothing of it is left behind.
# Usage: tests/outils/postgresql.sh COMMAND ARGUMENTS…
# ATTENDRE_LE_DISQUE=1: each commit waits for the disk, as in production.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "Usage : $0 COMMANDE ARGUMENTS…" >&2
    exit 2
fi

# Debian keeps these programs out of the PATH; the latest version wins.
programmes=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1 || true)
if [ -n "$programmes" ]; then
    PATH="$programmes:$PATH"
fi
if ! command -v initdb >/dev/null || ! command -v pg_ctl >/dev/null; then
    echo "PostgreSQL est absent de cette machine. Taper : apt-get update && apt-get install postgresql" >&2
    exit 1
fi
version=$(initdb --version | grep -oE '[0-9]+' | head -n 1)
if [ "$version" -lt 15 ]; then
    echo "PostgreSQL $version est trop ancien : il faut la version 15 ou une plus récente." >&2
    exit 1
fi

# A short path: the address of a Unix socket holds about a hundred characters.
dossier=$(mktemp -d /tmp/portail-pg.XXXXXX)

# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$dossier"
    comme=(runuser -u postgres -- env "PATH=$PATH")
    utilisateur=postgres
else
    comme=()
    utilisateur=$(id -un)
fi

nettoyer() {
    # `immediate`: nobody needs these data any more.
    (cd "$dossier" && "${comme[@]}" pg_ctl stop --silent --mode=immediate --pgdata="$dossier/donnees") \
        >/dev/null 2>&1 || true
    rm -rf "$dossier"
}
trap nettoyer EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

(
    cd "$dossier"
    # Text sorted as French readers expect, like the production database (docs/deploiement.md).
    "${comme[@]}" initdb --pgdata="$dossier/donnees" --auth=trust --username="$utilisateur" --encoding=UTF8 \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=fr --no-sync >"$dossier/initdb.log" 2>&1 ||
        { cat "$dossier/initdb.log" >&2; exit 1; }
    # No port, only a socket in our folder; and, unless it is asked for, no care for power cuts.
    disque="-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    if [ -n "${ATTENDRE_LE_DISQUE:-}" ]; then
        disque="-c fsync=on"
    fi
    "${comme[@]}" pg_ctl start --silent --wait --pgdata="$dossier/donnees" --log="$dossier/journal.log" \
        --options="-c listen_addresses='' -c unix_socket_directories='$dossier' $disque -c max_connections=100" ||
        { cat "$dossier/journal.log" >&2; exit 1; }
    "${comme[@]}" createdb --host="$dossier" --username="$utilisateur" portail
)

export DATABASE_URL="postgresql://$utilisateur@${dossier//\//%2F}/portail"
"$@"
