"""Imports for tests: a table as people would send it, what became of its rows, the state of the base."""

import io

from django.core import serializers

from tableurs import lots
from tableurs.valeurs.codes import cle_de_luhn
from tests.tableurs.fichiers import fichier_csv

COMPTES = ("crees", "modifies", "inchanges", "refuses", "doublons", "disparus")


def fichier(lignes, **options):
    """Return a table (rows of texts, the first one of headers) as an uploaded CSV file."""
    return io.BytesIO(fichier_csv(lignes, **options))


def recevoir(lignes, ressource, options=None, auteur=None):
    """Return a lot whose columns are chosen, to be compared."""
    lot = lots.recevoir(fichier(lignes), "essai.csv", ressource, options, auteur)
    lots.choisir_les_colonnes(lot)
    return lot


def deposer(lignes, ressource, options=None, auteur=None, choix=None):
    """Return a lot to verify."""
    return lots.deposer(fichier(lignes), "essai.csv", ressource, options, auteur, choix)


def comptes(lot):
    """Return the counts that are not zero."""
    return {nom: getattr(lot, nom) for nom in COMPTES if getattr(lot, nom)}


def seaux(lot):
    """Return the buckets of the rows of the file, in its order."""
    return list(lot.details.filter(numero__gt=0).order_by("pk").values_list("seau", flat=True))


def raisons(lot):
    """Return {row number: reason} of the refused rows."""
    refusees = lot.details.filter(seau="refusee").values_list("numero", "problemes")
    return {numero: " ".join(probleme["raison"] for probleme in problemes) for numero, problemes in refusees}


def photographie(*modeles):
    """Return every row of the models, as text."""
    return serializers.serialize(
        "json", [objet for modele in modeles for objet in modele._base_manager.order_by("pk")], indent=1
    )


def siren(rang):
    """Return the valid SIREN number `rang`, of no real person."""
    debut = f"2{rang:07d}"
    return next(debut + cle for cle in "0123456789" if cle_de_luhn(debut + cle))
