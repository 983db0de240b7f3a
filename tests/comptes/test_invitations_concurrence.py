"""Two at once: one account, one habilitation, one invitation."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from comptes import invitations
from comptes.invitations import Situation, inviter, jeton
from comptes.models import Courrier, Invitation, Utilisateur
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal
from tests import factories as f
from tests.outils.ensemble import ensemble

pytestmark = pytest.mark.django_db(transaction=True)

ADRESSE = "claude.martin@ville.example"


def nouveau_compte():
    compte = Utilisateur(prenom="Claude", nom="Martin", fonction="Maire")
    compte.set_password(f.MOT_DE_PASSE)
    return compte


def promettre(personnages, territoire, qualite=QualiteTerritoriale.MAIRE):
    return inviter(personnages["pilote"], adresse=ADRESSE, genre=ActeurLocal, qualite=qualite, portee=territoire)


def test_le_meme_lien_accepte_deux_fois_a_la_fois_ne_fait_qu_un_compte(personnages, territoire):
    lien = jeton(promettre(personnages, territoire))
    issues = ensemble(*[lambda: invitations.accepter(lien, AnonymousUser(), nouveau_compte())] * 4)
    assert [issue[1] for issue in issues] == [Situation.ACCEPTEE] * 4
    assert sum(issue[2] is not None for issue in issues) == 1
    assert Utilisateur.objects.filter(email=ADRESSE).count() == 1
    assert ActeurLocal.objects.filter(personne__email=ADRESSE).count() == 1
    assert Courrier.objects.filter(genre="suites_d_invitation").count() == 1


def test_deux_invitations_de_la_meme_adresse_acceptees_a_la_fois_ne_font_qu_un_compte(personnages, territoire):
    liens = [
        jeton(promettre(personnages, territoire, qualite))
        for qualite in (QualiteTerritoriale.MAIRE, QualiteTerritoriale.LECTURE)
    ]
    issues = ensemble(
        *[lambda lien=lien: invitations.accepter(lien, AnonymousUser(), nouveau_compte()) for lien in liens]
    )
    assert sorted(issue[1] for issue in issues) == sorted([Situation.ACCEPTEE, Situation.A_CONNECTER])
    assert Utilisateur.objects.filter(email=ADRESSE).count() == 1
    assert ActeurLocal.objects.filter(personne__email=ADRESSE).count() == 1


def test_inviter_deux_fois_a_la_fois_n_envoie_qu_un_courriel(personnages, territoire):
    issues = ensemble(*[lambda: promettre(personnages, territoire)] * 3)
    assert sum(isinstance(issue, Invitation) for issue in issues) == 1
    assert sum(isinstance(issue, ValidationError) for issue in issues) == 2
    assert Invitation.objects.count() == Courrier.objects.count() == 1
