"""The list of projects and one of them, as a regional pilot reads them, before the page is kept: at several sizes."""

import re

from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from benchmarks.bureaux import mesurer_bureaux
from benchmarks.mesures import durees, requetes
from benchmarks.pages import ouvrir_session
from comptes.pages_publiques import cache
from programme.models import Financement, Jalon, Mouvement, Projet

TAILLE = 4000
# Goals: queries of the list, of a project's page; how much longer a list may take than at the first size; bare views of
# the list once it is kept.
BUT_LISTE, BUT_FICHE, BUT_TAILLE, BUT_GARDEE = 12, 15, 1.5, 15
LISTES = {
    "par défaut": "",
    "état": "etat=instruction",
    "besoin": "besoin=recruter",
    "département": "departement=59",
    "nature du porteur": "porteur=entreprise",
    "en retard": "retard=on",
    "texte": "q=atelier",
}
SUIVANTE = re.compile(r"[?&;]apres=([a-z0-9]{10})")


@override_settings(ROOT_URLCONF="benchmarks.urls", DEBUG=False, ALLOWED_HOSTS=["localhost"])
def mesurer_projets(fois=1):
    """Print a table of 4 000 projects, then of `fois` times as many on PostgreSQL; return what is over its goal."""
    call_command("peupler_demo", projets=TAILLE, verbosity=0)
    premiers = {}
    depassements = [*_mesurer(premiers), *mesurer_bureaux(premiere_taille=True)]
    if fois > 1 and connection.vendor == "postgresql":
        _multiplier(fois)
        depassements += [*_mesurer(premiers), *mesurer_bureaux(premiere_taille=False)]
    return depassements


def _multiplier(fois):
    """Copy the projects and what lists read of them, on PostgreSQL: making them takes minutes, copying them seconds."""
    premiers = Projet.objects.count()
    champs = [champ.column for champ in Projet._meta.concrete_fields]
    nouveaux = {
        "id": "id + n * %(pas)s",
        "cle": "right('0000000000' || (id + n * %(pas)s), 10)",
        "numero": "CASE WHEN numero IS NULL THEN NULL ELSE 'FA-2026-' || (100000 + id + n * %(pas)s) END",
        "reference_regionale": "''",
        "etat_depuis": "etat_depuis - n * interval '37 hours'",
    }
    liens = [Projet.mesures, Projet.communes, Projet.territoires_associes]
    with connection.cursor() as curseur:
        curseur.execute("SELECT max(id) FROM programme_projet")
        valeurs = {"pas": curseur.fetchone()[0], "fois": fois - 1}
        series = "generate_series(1, %(fois)s) AS n"
        colonnes = ", ".join(nouveaux.get(champ, champ) for champ in champs)
        _copier(curseur, Projet._meta.db_table, champs, colonnes, series, valeurs)
        for modele in [*(lien.through for lien in liens), Jalon]:
            champs = [champ.column for champ in modele._meta.concrete_fields if champ.column not in ("id", "cle")]
            colonnes = ["projet_id + n * %(pas)s" if champ == "projet_id" else champ for champ in champs]
            if modele is Jalon:
                champs, colonnes = [*champs, "cle"], [*colonnes, "substr(md5(n || '-' || id), 1, 10)"]
            _copier(curseur, modele._meta.db_table, champs, ", ".join(colonnes), series, valeurs)
        _multiplier_l_argent(curseur, series, valeurs)
        curseur.execute("ANALYZE")
    assert Projet.objects.count() == premiers * fois


def _multiplier_l_argent(curseur, series, valeurs):
    """Copy the lines of the projects and their journal: the shares stay as they are, this is only read."""
    curseur.execute("SELECT max(id) FROM programme_financement")
    valeurs = valeurs | {"pas_projet": valeurs["pas"], "pas": curseur.fetchone()[0]}
    nouveaux = {
        Financement: {
            "id": "id + n * %(pas)s",
            "cle": "right('0000000000' || (id + n * %(pas)s), 10)",
            "projet_id": "projet_id + n * %(pas_projet)s",
            "dossier_operateur": "''",
        },
        Mouvement: {"financement_id": "financement_id + n * %(pas)s"},
    }
    for modele, nouveau in nouveaux.items():
        champs = [
            champ.column for champ in modele._meta.concrete_fields if modele is Financement or champ.column != "id"
        ]
        colonnes = ", ".join(nouveau.get(champ, champ) for champ in champs)
        _copier(curseur, modele._meta.db_table, champs, colonnes, series, valeurs)


def _copier(curseur, table, champs, colonnes, series, valeurs):
    curseur.execute(f"INSERT INTO {table} ({', '.join(champs)}) SELECT {colonnes} FROM {table}, {series}", valeurs)


def _mesurer(premiers):
    cache.clear()
    application, cookie = WSGIHandler(), ouvrir_session()
    print(f"\n{Projet.objects.count()} projets, lus par un pilote, en millisecondes ({connection.vendor})")
    print(f"{'liste':20} {'page 1':>8} {'page 2':>8} {'dernière':>8} {'requêtes':>9}  en vues nues  face au départ")
    depassements = []
    for nom, question in LISTES.items():
        adresses = _pages(question, cookie)
        nue, *lues = durees(application, ["/nue/", *adresses], cookie)
        nombre = requetes(application, adresses[0], cookie)
        rapports = [duree / avant for duree, avant in zip(lues, premiers.setdefault(nom, lues), strict=True)]
        trop = nombre > BUT_LISTE or max(rapports) > BUT_TAILLE
        if trop:
            depassements.append(f"liste des projets, {nom}")
        print(
            f"{nom:20} {' '.join(f'{duree * 1000:8.1f}' for duree in lues)} {nombre:6}/{BUT_LISTE}"
            f" {lues[0] / nue:13.1f}  {' '.join(f'×{un:.2f}' for un in rapports)}{'  TROP' if trop else ''}"
        )
    nue, duree = durees(application, ["/nue/", "/projets/"], "", str)
    depassements += ["liste des projets, gardée"] if duree / nue > BUT_GARDEE else []
    print(f"{'gardée, visiteur':20} {duree * 1000:8.1f} {duree / nue:41.1f}/{BUT_GARDEE}")
    fiche = Projet.objects.publics().order_by("pk").first().get_absolute_url()
    nue, duree = durees(application, ["/nue/", fiche], cookie)
    nombre = requetes(application, fiche, cookie)
    print(f"{'une fiche':20} {duree * 1000:8.1f} {nombre:24}/{BUT_FICHE} {duree / nue:13.1f}")
    return [*depassements, *(["page d'un projet"] if nombre > BUT_FICHE else [])]


def _pages(question, cookie):
    """Return the addresses of the first page, of the second when there is one, of the last."""
    premiere = f"/projets/?{question}"
    navigateur = Client(headers={"host": "localhost", "cookie": cookie})
    suivante = SUIVANTE.search(navigateur.get(premiere).text)
    return premiere, f"{premiere}&apres={suivante[1]}" if suivante else premiere, f"{premiere}&fin"
