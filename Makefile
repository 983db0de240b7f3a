# Every target can be run twice. `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
EPINGLES := config/requirements

# The whole suite runs on both databases, whatever DATABASE_URL says.
SQLITE := DATABASE_URL=sqlite://:memory:
POSTGRESQL := tests/outils/postgresql.sh
PYTEST := $(PY) -m pytest --numprocesses auto --dist worksteal
MESURER := ENVIRONNEMENT=developpement DEBUG=False $(PY) -m benchmarks
# The portal and its database measured on one core, as on a busy server: else waking an idle core counts more than the work.
UN_COEUR := $(if $(shell command -v taskset),taskset --cpu-list 0)
# What a production server needs to start; nothing of it is real.
PRODUCTION := ENVIRONNEMENT=production ALLOWED_HOSTS=portail.example ADRESSE_DU_SITE=https://portail.example $(SQLITE)

.DEFAULT_GOAL := help
.PHONY: help run test test-vite quality bench verrous

help: ## Affiche cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/production.ok ## Prépare la base de développement et sert le site sur http://localhost:8000 (ou PORT=…)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py charger_reference
	@$(PY) manage.py peupler_demo --projets 400
	@$(PY) manage.py creer_demo
	@trap 'kill $$ouvrier $$serveur 2>/dev/null' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM; \
	export ADRESSE_DU_SITE="$${ADRESSE_DU_SITE:-http://localhost:$(PORT)}"; \
	$(PY) manage.py ouvrier & ouvrier=$$!; \
	$(PY) manage.py runserver $(PORT) & serveur=$$!; \
	wait $$serveur

test: $(VENV)/developpement.ok ## Tous les tests, sur SQLite puis sur PostgreSQL ; installe Chromium, PostgreSQL et LibreOffice s'ils manquent
	@tests/outils/installer.sh chromium postgresql libreoffice
	@echo "== SQLite" && $(SQLITE) $(PYTEST) || echec=1; \
	echo "== PostgreSQL" && $(POSTGRESQL) $(PYTEST) -m "not navigateur" || echec=1; \
	exit $${echec:-0}

test-vite: $(VENV)/developpement.ok ## Les tests sans navigateur, sur SQLite
	@tests/outils/installer.sh libreoffice
	$(SQLITE) $(PYTEST) -m "not navigateur"

quality: $(VENV)/developpement.ok ## Style du code et des gabarits, migrations manquantes, réglages de production
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	find templates -name '*.html' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	ENVIRONNEMENT=developpement $(SQLITE) $(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(PY) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/developpement.ok ## Pages face à une vue nue, imports et exports face à django-import-export, listes de projets, attributions à plusieurs ; FOIS=100 : de 400 000 projets
	@tests/outils/installer.sh postgresql
	@mkdir -p var && rm -f var/mesures.sqlite3*
	@DATABASE_URL=sqlite:///var/mesures.sqlite3 $(UN_COEUR) env $(MESURER) || echec=1; \
	ATTENDRE_LE_DISQUE=1 $(UN_COEUR) $(POSTGRESQL) env $(MESURER) || echec=1; \
	exit $${echec:-0}

verrous: $(VENV)/developpement.ok ## Refait les versions épinglées à partir de pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(PY) -m uv pip compile $(COMPILER) pyproject.toml --output-file $(EPINGLES)/production.txt
	$(PY) -m uv pip compile $(COMPILER) pyproject.toml --extra dev --constraint $(EPINGLES)/production.txt \
		--output-file $(EPINGLES)/developpement.txt

# `--universal`: the same file serves every system from CPython 3.11 on. No address of a package index is written.
COMPILER := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

# One environment for everything: the pins for development contain those for production.
$(VENV)/%.ok: $(EPINGLES)/%.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Il faut Python 3.11 ou plus récent : make PYTHON=python3.x …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Il manque le module venv de Python. Sur Debian : apt-get install python3-venv" >&2; exit 1; }
	@echo "Installation des paquets dans $(VENV) ($<)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
