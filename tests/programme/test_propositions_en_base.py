"""What the database refuses of what a porteur proposes."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import factories as f
from tests.factories_projets import PropositionFactory
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("nom", "depart", "changements"),
    [
        ("programme_proposition_traitee", {}, {"issue": "acceptee"}),
        ("programme_proposition_traitee", {}, {"traitee_le": timezone.now()}),
        ("programme_proposition_traitee", {"issue": "acceptee"}, {"traitee_le": None}),
        ("programme_proposition_traitee", {"issue": "acceptee"}, {"traitee_par": None}),
        ("programme_proposition_motif_du_refus", {"issue": "refusee", "motif": "Non."}, {"motif": ""}),
    ],
)
def test_la_base_refuse_une_proposition_incoherente(nom, depart, changements):
    if depart:
        depart = {"traitee_par": f.UtilisateurFactory(), "traitee_le": timezone.now(), **depart}
    proposition = PropositionFactory(avant={"titre": "a"}, valeurs={"titre": "b"}, acceptees=["titre"], **depart)
    verifier_refus(proposition, nom, changements)


def test_une_seule_proposition_en_attente_par_auteur():
    """`programme_proposition_une_en_attente`."""
    une = PropositionFactory()
    nom = "programme_proposition_une_en_attente"
    assert nom in {contrainte.name for contrainte in une._meta.constraints}
    with pytest.raises(IntegrityError), transaction.atomic():
        PropositionFactory(projet=une.projet, auteur=une.auteur)
