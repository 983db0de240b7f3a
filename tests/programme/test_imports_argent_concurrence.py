"""The same file, applied by several at once: each payment once."""

import io
from decimal import Decimal

import pytest

from programme.argent import rapprochement
from programme.models import FaitImporte, Financement, Mouvement
from tableurs import lots
from tableurs.enums import EtatLot
from tableurs.lots import ActionImpossible
from tests import factories as f
from tests.factories_argent import FaitImporteFactory, OperateurFactory, ligne_en, plafond
from tests.factories_projets import ProjetFactory
from tests.outils.ensemble import ensemble
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv

pytestmark = pytest.mark.django_db(transaction=True)
ENTETES = ["dossier", "acte", "date d'acte", "montant attribué", "versé le", "montant versé"]


@pytest.fixture
def monde(territoire):
    """Three lines of two projects, asked of one envelope by their dossier numbers, and those who operate it."""
    enveloppe = f.EnveloppeFactory()
    plafond("50000.00", exercice__enveloppe=enveloppe)
    projets = [ProjetFactory(territoire=territoire) for _ in range(2)]
    lignes = [
        ligne_en("instruction", projet=projets[rang % 2], enveloppe=enveloppe, dossier_operateur=f"D-{rang}")
        for rang in range(3)
    ]
    return enveloppe, lignes, [OperateurFactory(enveloppe=enveloppe).personne for _ in range(4)]


def deposer(enveloppe, personne, dossiers):
    table = [ENTETES, *([un, f"C-{un}", "15/01/2026", "1000,00", "20/02/2026", "300,00"] for un in dossiers)]
    options = {"enveloppe": enveloppe.code}
    return lots.deposer(io.BytesIO(fichier_csv(table)), "suivi.csv", "argent", options, personne)


def ou_refus(faire):
    try:
        return faire()
    except ActionImpossible as refus:
        return refus


def test_quatre_personnes_appliquent_le_meme_fichier(monde):
    """In the file's order, or the other: one passes, the others are told, and nobody waits for ever."""
    enveloppe, lignes, personnes = monde
    dossiers = [ligne.dossier_operateur for ligne in lignes]
    deposes = [
        deposer(enveloppe, personne, dossiers[:: 1 if rang % 2 else -1]) for rang, personne in enumerate(personnes)
    ]
    assert [lot.modifies for lot in deposes] == [3] * 4
    obtenus = ensemble(
        *[
            lambda lot=lot, personne=personne: ou_refus(lambda: lots.appliquer(lot, personne))
            for lot, personne in zip(deposes, personnes, strict=True)
        ]
    )
    refus = [str(obtenu) for obtenu in obtenus if isinstance(obtenu, ActionImpossible)]
    assert len(refus) == 3, obtenus
    assert all("par un autre import" in raison or "occupée" in raison for raison in refus), refus
    assert Mouvement.objects.filter(transition__in=("attribuer", "verser")).count() == 6
    assert set(Financement.objects.values_list("engage", "verse")) == {(Decimal("1000.00"), Decimal("300.00"))}
    etats = [type(lot).objects.get(pk=lot.pk).etat for lot in deposes]
    assert etats.count(EtatLot.APPLIQUE) == 1


def test_deux_personnes_rapprochent_la_meme_ligne(monde):
    enveloppe, lignes, personnes = monde
    fait = FaitImporteFactory(enveloppe=enveloppe, dossier="Z-1")

    def choisir(ligne, personne):
        try:
            return rapprochement.rapprocher(FaitImporte.objects.get(pk=fait.pk), ligne, personne)
        except rapprochement.TransitionImpossible as refus:
            return refus

    obtenus = ensemble(
        *[lambda une=une, qui=qui: choisir(une, qui) for une, qui in zip(lignes, personnes[:3], strict=True)]
    )
    assert sum(isinstance(obtenu, list) for obtenu in obtenus) == 1, obtenus
    assert Mouvement.objects.filter(transition="attribuer").count() == 1
