"""Invitations that hand an habilitation over; what the database refuses of any."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes import invitations
from comptes.acces import aujourdhui
from comptes.invitations import inviter, jeton
from comptes.models import EquipeNationale, EtatInvitation, Invitation, Utilisateur
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal
from tests import factories as f
from tests.comptes.pages_invitations import ADRESSE
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db

ANONYME = AnonymousUser()


def promettre(auteur, territoire, qualite=QualiteTerritoriale.MAIRE, adresse=ADRESSE, **details):
    return inviter(auteur, adresse=adresse, genre=ActeurLocal, qualite=qualite, portee=territoire, **details)


def nouveau_compte():
    compte = Utilisateur(prenom="Claude", nom="Martin", fonction="Maire")
    compte.set_password(f.MOT_DE_PASSE)
    return compte


def relue(invitation):
    return Invitation.objects.get(pk=invitation.pk)


# --- Transfers


def test_un_transfert_finit_l_ancienne_a_l_acceptation_et_pas_avant(personnages, territoire):
    ancienne = ActeurLocal.objects.get(personne=personnages["chef de projet"])
    promesse = {"qualite": QualiteTerritoriale.CHEF_DE_PROJET, "remplace": ancienne}
    invitation = promettre(personnages["pilote"], territoire, **promesse)
    ancienne.refresh_from_db()
    assert ancienne.est_en_cours
    _, _, personne = invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    ancienne.refresh_from_db()
    assert ancienne.retiree_le
    assert ActeurLocal.objects.de(personne).exists()


def test_un_transfert_a_venir_laisse_l_ancienne_jusqu_a_la_veille(personnages, territoire):
    ancienne = ActeurLocal.objects.get(personne=personnages["chef de projet"])
    debut = aujourdhui() + timedelta(days=10)
    promesse = {"qualite": QualiteTerritoriale.CHEF_DE_PROJET, "remplace": ancienne, "du": debut}
    invitations.accepter(jeton(promettre(personnages["pilote"], territoire, **promesse)), ANONYME, nouveau_compte())
    ancienne.refresh_from_db()
    assert (ancienne.retiree_le, ancienne.au) == (None, debut - timedelta(days=1))


def test_un_transfert_ne_finit_que_la_meme_habilitation(personnages, territoire):
    for nom in ("lecture", "équipe voisine"):
        autre = ActeurLocal.objects.get(personne=personnages[nom])
        with pytest.raises(ValidationError, match="pas la même"):
            promettre(personnages["administrateur"], territoire, QualiteTerritoriale.CHEF_DE_PROJET, remplace=autre)


def test_un_transfert_ne_prolonge_pas_l_ancienne(personnages, territoire):
    ancienne = ActeurLocal.objects.get(personne=personnages["chef de projet"])
    fin, debut = aujourdhui() + timedelta(days=5), aujourdhui() + timedelta(days=10)
    ActeurLocal.objects.filter(pk=ancienne.pk).update(au=fin)
    promesse = {"qualite": QualiteTerritoriale.CHEF_DE_PROJET, "remplace": ancienne, "du": debut}
    invitations.accepter(jeton(promettre(personnages["pilote"], territoire, **promesse)), ANONYME, nouveau_compte())
    ancienne.refresh_from_db()
    assert (ancienne.retiree_le, ancienne.au) == (None, fin)
    with pytest.raises(ValidationError, match="déjà avant ce jour"):
        ancienne.terminer(personnages["pilote"], debut)


def test_un_transfert_pour_demain_laisse_l_ancienne_jusqu_a_ce_soir(personnages, territoire):
    ancienne = ActeurLocal.objects.get(personne=personnages["chef de projet"])
    promesse = {
        "qualite": QualiteTerritoriale.CHEF_DE_PROJET,
        "remplace": ancienne,
        "du": aujourdhui() + timedelta(days=1),
    }
    invitations.accepter(jeton(promettre(personnages["pilote"], territoire, **promesse)), ANONYME, nouveau_compte())
    ancienne.refresh_from_db()
    assert (ancienne.etat, ancienne.au) == ("en cours", aujourdhui())


def transferer_l_administration(personnages, **details):
    ancienne = EquipeNationale.objects.get(personne=personnages["administrateur"])
    details = {"adresse": ADRESSE, "qualite": ancienne.qualite, "remplace": ancienne, **details}
    return ancienne, inviter(personnages["administrateur"], genre=EquipeNationale, **details)


def test_le_seul_administrateur_transmet_sa_place_sans_vide(personnages):
    ancienne, invitation = transferer_l_administration(personnages)
    _, situation, personne = invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    assert situation == invitations.Situation.ACCEPTEE
    ancienne.refresh_from_db()
    assert ancienne.etat == "retirée"
    derniere = ancienne.historique.first()
    assert (derniere.history_change_reason, derniere.history_user) == ("Habilitation transférée", personne)
    assert EquipeNationale.objects.de(personne).exists()


def test_un_transfert_que_la_fin_refuse_n_ecrit_rien(personnages, monkeypatch):
    ancienne, invitation = transferer_l_administration(personnages)
    monkeypatch.setattr(EquipeNationale, "empechement_de_fin", lambda *_: "Il ne resterait aucun administrateur.")
    _, situation, personne = invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    assert (situation, personne) == (invitations.Situation.DROITS_PERDUS, None)
    ancienne.refresh_from_db()
    assert ancienne.est_en_cours
    assert relue(invitation).etat == EtatInvitation.ENVOYEE
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()


# --- What the database refuses


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("envoyee", {"etat": "perdue"}),
        ("adresse", {"adresse": "Majuscule@ville.example"}),
        ("periode", {"au": aujourdhui() - timedelta(days=400)}),
        ("acte", {"acte_numero": "12"}),
        ("acte", {"acte_date": aujourdhui()}),
        ("envois", {"envois": 0}),
        ("envois", {"envoyee_le": None}),
        ("envoyee", {"etat": EtatInvitation.A_ENVOYER}),
        ("acceptee", {"acceptee_le": timezone.now()}),
        ("acceptee", {"obtenue": 1}),
        ("acceptee", {"etat": EtatInvitation.ACCEPTEE}),
        ("annulee", {"annulee_le": timezone.now()}),
        ("annulee", {"etat": EtatInvitation.ANNULEE}),
    ],
)
def test_la_base_refuse_une_invitation_incoherente(personnages, territoire, nom, changements):
    verifier_refus(promettre(personnages["pilote"], territoire), f"comptes_invitation_{nom}", changements)


@pytest.mark.parametrize("manque", ["acceptee_le", "acceptee_par", "obtenue"])
def test_une_invitation_acceptee_dit_tout(personnages, territoire, manque):
    invitation = promettre(personnages["pilote"], territoire)
    invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    verifier_refus(relue(invitation), "comptes_invitation_acceptee", {manque: None})


def test_une_seule_invitation_pareille_attend(personnages, territoire):
    premiere = promettre(personnages["pilote"], territoire)
    copie = relue(premiere)
    copie.pk, copie.cle = None, "2222222222"
    copie._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        copie.save()
    with pytest.raises(ValidationError, match="attend déjà"):
        copie.full_clean()
