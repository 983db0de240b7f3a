"""Money promised by many at once: what there is, and not a cent more."""

from decimal import Decimal

import pytest

from comptes.parcours import passer
from programme.argent.ecritures import PlafondDepasse
from programme.models import Mouvement
from tests.factories import AdministrateurFactory, EnveloppeFactory
from tests.factories_argent import (
    FinancementFactory,
    champs_d_argent,
    plafond,
)
from tests.outils.ensemble import ensemble

pytestmark = pytest.mark.django_db(transaction=True)
MILLION = Decimal("1000000.00")


def course(lignes, cle, nombre=8, **champs):
    """Move each line once, by `nombre` people at once. Returns what each obtained: a movement, or a refusal."""
    par = AdministrateurFactory()
    parts = [lignes[rang::nombre] for rang in range(nombre)]

    def tenter(ligne):
        transition = ligne.parcours.transition(cle)
        try:
            return passer(ligne, transition, par, **champs_d_argent(transition, **champs))
        except PlafondDepasse as refus:
            return refus

    issues = ensemble(*[lambda part=part: [tenter(ligne) for ligne in part] for part in parts])
    assert all(isinstance(issue, list) for issue in issues), issues
    return [obtenu for issue in issues for obtenu in issue]


@pytest.mark.parametrize("cle", ["programmer", "attribuer"])
def test_soixante_quatre_promesses_d_un_million_sur_un_plafond_de_dix(reference, cle):
    enveloppe = EnveloppeFactory()
    dotation = plafond("10000000", exercice__enveloppe=enveloppe)
    lignes = [FinancementFactory(enveloppe=enveloppe, demande=MILLION) for _ in range(64)]
    obtenus = course(lignes, cle, dotation=dotation, montant=MILLION)
    passes = [obtenu for obtenu in obtenus if isinstance(obtenu, Mouvement)]
    refus = [str(obtenu) for obtenu in obtenus if isinstance(obtenu, PlafondDepasse)]
    assert (len(passes), len(refus)) == (10, 54)
    assert all("Il reste" in raison and "plafond de 10\u202f000\u202f000,00" in raison for raison in refus)
    dotation.refresh_from_db()
    assert (dotation.porte, dotation.charge) == (10 * MILLION, 10 * MILLION)
    assert Mouvement.objects.filter(transition=cle).count() == 10
