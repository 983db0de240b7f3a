#!/usr/bin/env bash
# Install what tests need from the system and is missing: `installer.sh chromium postgresql libreoffice` (Debian, Ubuntu).
set -euo pipefail

present() {
    case "$1" in
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        libreoffice) command -v soffice ;;
        postgresql) command -v initdb || find /usr/lib/postgresql/*/bin/initdb ;;
        *) echo "Paquet inconnu : $1" >&2; exit 2 ;;
    esac >/dev/null 2>&1
}

nom_du_paquet() {
    case "$1" in
        # Without windows: documents are only opened, and written otherwise.
        libreoffice) echo libreoffice-writer-nogui ;;
        *) echo "$1" ;;
    esac
}

manquants=()
for paquet in "$@"; do
    present "$paquet" || manquants+=("$(nom_du_paquet "$paquet")")
done
if [ ${#manquants[@]} -eq 0 ]; then
    exit 0
fi

commande="apt-get update && apt-get install -y ${manquants[*]}"
if ! command -v apt-get >/dev/null; then
    echo "Il manque : ${manquants[*]}. Cette machine n'a pas apt-get : les installer avec son gestionnaire de paquets." >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    racine=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    racine=(sudo -n env)
else
    echo "Il manque : ${manquants[*]}. Taper, avec les droits d'administration : sudo sh -c '$commande'" >&2
    exit 1
fi

echo "Installation de : ${manquants[*]}"
"${racine[@]}" DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${racine[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${manquants[@]}"
