"""A public page declares every model it reads: another could change behind its cached copy."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.argent.axes import AXES
from tests.outils.adresses import adresses

# Rewritten by the same act as the rows they come from: the history of these is enough.
DERIVES = {
    # Each passage is written with its project.
    "Decision": {"Projet"},
    # Each movement is written with its line; the year of the share that it draws on never changes.
    "Mouvement": {"Financement"},
    "Dotation": {"Financement"},
    "Appellation": {"Collectivite"},
    "Couverture": {"Perimetre"},
    "FondDeCarte": {"Collectivite", "Region"},
}
# Pages show other tables when they are asked something.
QUESTIONS = {
    "communes": ["?q=saint-denis", "?q=02700", "?q=zzzz"],
    "communes_suggestions": ["?q=saint"],
    "agences": ["?q=a&region=32&niveau=regionale&cner=oui"],
    "agences_export": ["?region=32"],
    "carte": ["?region=32", "?liste=2018-11-22"],
    "territoires": ["?q=val&region=32&departement=02&fiabilite=confirme&tri=-population", "?page=2"],
    "projets": ["?q=a&etat=inscrit&besoin=1&region=32&territoire=dunkerque&maturite=pret&tri=-titre"],
    "accueil": ["?liste=2018-11-22"],
    "financements": [f"?par={axe.cle}" for axe in AXES],
}

PAGES = [adresse for adresse in adresses() if hasattr(adresse.vue, "modeles")]


def modele_de_la_table():
    """Return {table: our model}; the table of a many-to-many belongs to the model that declares it."""
    return {
        modele._meta.db_table: (modele._meta.auto_created or modele)
        for modele in apps.get_models(include_auto_created=True)
        if not hasattr(modele, "instance_type")
    }


def lus_sans_etre_declares(requetes, declares):
    """Return the names of the models that `requetes` (SQL) read and that `declares` (names) do not cover."""
    tables = modele_de_la_table()
    lus = {
        tables[table].__name__
        for requete in requetes
        for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', requete)
        if table in tables
    }
    return {nom for nom in lus if nom not in declares and not DERIVES.get(nom, set()) & declares}


@pytest.mark.parametrize("adresse", PAGES, ids=lambda adresse: adresse.nom)
def test_la_page_declare_tout_ce_qu_elle_lit(client, settings, reference, adresse):
    settings.DUREE_CACHE_PAGES = 0
    chemin = adresse.exemple()
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        for question in ["", *QUESTIONS.get(adresse.nom, [])]:
            assert client.get(chemin + question).status_code in (200, 302)
    declares = {modele.__name__ for modele in adresse.vue.modeles}
    assert lus_sans_etre_declares([requete["sql"] for requete in requetes], declares) == set()


def test_il_y_a_des_pages_qui_lisent():
    assert len([adresse for adresse in PAGES if adresse.vue.modeles]) >= 8


def test_un_modele_lu_sans_etre_declare_est_signale():
    requete = 'SELECT * FROM "territoires_phase" INNER JOIN "territoires_inscription_regions" ON 1'
    assert lus_sans_etre_declares([requete], {"Phase"}) == {"Inscription"}
    assert lus_sans_etre_declares([requete], {"Phase", "Inscription"}) == set()
    assert lus_sans_etre_declares(['SELECT 1 FROM "territoires_couverture"'], {"Perimetre"}) == set()
