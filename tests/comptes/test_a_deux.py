"""Two people at once, on accounts and habilitations: one of them is told, nothing is left in between."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from comptes import adresses, effacement, invitations
from comptes.acces import aujourdhui
from comptes.invitations import Situation, inviter, jeton
from comptes.models import ChangementAdresse, EquipeNationale, EtatChangement, EtatInvitation, Invitation, Utilisateur
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal
from tests import factories as f
from tests.outils.ensemble import ensemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deux_administratrices(db):
    """The only ones."""
    return f.AdministrateurFactory(), f.AdministrateurFactory()


def leur_navigateur(personne):
    client = Client()
    client.force_login(personne)
    return client


def administrateurs_en_service():
    return EquipeNationale.objects.en_cours().filter(qualite="administrateur", personne__is_active=True)


def promettre(auteur, territoire, adresse, qualite=QualiteTerritoriale.MAIRE, **details):
    return inviter(auteur, adresse=adresse, genre=ActeurLocal, qualite=qualite, portee=territoire, **details)


def test_deux_administratrices_ne_mettent_pas_fin_l_une_a_l_autre(deux_administratrices):
    l_une, l_autre = deux_administratrices
    issues = ensemble(
        lambda: l_une.equipenationale_set.get().terminer(l_autre),
        lambda: l_autre.equipenationale_set.get().terminer(l_une),
    )
    assert sum(isinstance(issue, ValidationError) for issue in issues) == 1, issues
    assert administrateurs_en_service().count() == 1


def test_deux_administratrices_ne_ferment_pas_leurs_comptes_l_une_a_l_autre(deux_administratrices):
    def fermer(qui, par):
        adresse = reverse("admin:comptes_utilisateur_change", args=[qui.pk])
        client = leur_navigateur(par)
        return lambda: client.post(adresse, {"prenom": qui.prenom, "nom": qui.nom}).status_code

    l_une, l_autre = deux_administratrices
    issues = ensemble(fermer(l_une, l_autre), fermer(l_autre, l_une))
    assert administrateurs_en_service().count() == 1, issues


def test_deux_administratrices_ne_s_arretent_pas_l_une_l_autre_dans_l_administration(deux_administratrices):
    def arreter(qui, par):
        habilitation = qui.equipenationale_set.get()
        adresse = reverse("admin:comptes_equipenationale_change", args=[habilitation.pk])
        client = leur_navigateur(par)
        jours = {"du": habilitation.du.isoformat(), "au": aujourdhui().isoformat()}
        return lambda: client.post(adresse, jours).status_code

    l_une, l_autre = deux_administratrices
    issues = ensemble(arreter(l_une, l_autre), arreter(l_autre, l_une))
    assert sorted(issues) == [200, 302]
    assert EquipeNationale.objects.filter(au=None, retiree_le=None).count() == 1


def test_renvoyer_et_annuler_a_la_fois_laissent_un_seul_etat(personnages, territoire):
    pilote = personnages["pilote"]
    invitation = promettre(pilote, territoire, "claude@ville.example")
    Invitation.objects.update(envoyee_le=invitation.envoyee_le - invitations.ENTRE_DEUX_ENVOIS)
    issues = ensemble(
        lambda: invitations.renvoyer(invitation.cle, pilote), lambda: invitations.annuler(invitation.cle, pilote)
    )
    assert isinstance(issues[1], Invitation), issues
    assert isinstance(issues[0], Invitation | ValidationError), issues
    invitation.refresh_from_db()
    assert invitation.etat == EtatInvitation.ANNULEE


def test_transferer_et_mettre_fin_a_la_fois_ne_laissent_qu_un_titulaire(personnages, territoire):
    pilote = personnages["pilote"]
    ancienne = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE)
    suivante = f.UtilisateurFactory()
    invitation = promettre(pilote, territoire, suivante.email, remplace=ancienne)
    issues = ensemble(
        lambda: invitations.accepter(jeton(invitation), suivante)[1],
        lambda: ActeurLocal.objects.get(pk=ancienne.pk).terminer(pilote),
    )
    assert issues[0] in (Situation.ACCEPTEE, Situation.DROITS_PERDUS), issues
    assert issues[1] is None or isinstance(issues[1], ValidationError), issues
    ancienne.refresh_from_db()
    assert ancienne.est_finie


def test_effacer_son_compte_et_accepter_a_la_fois_ne_donnent_rien_a_un_compte_efface(personnages, territoire):
    personne = f.UtilisateurFactory()
    lien = jeton(promettre(personnages["pilote"], territoire, personne.email))
    issues = ensemble(
        lambda: invitations.accepter(lien, personne)[1],
        lambda: effacement.anonymiser(Utilisateur.objects.get(pk=personne.pk)),
    )
    assert issues[1] is None, issues
    assert isinstance(issues[0], Situation), issues
    assert not ActeurLocal.objects.actuelles().filter(personne=personne).exists()
    assert not Invitation.objects.ouvertes().exists()
    assert personne.email not in Invitation.objects.values_list("adresse", flat=True)


def test_deux_sessions_changent_l_adresse_a_la_fois(db):
    personne = f.UtilisateurFactory()
    nouvelles = ["un@ville.example", "deux@ville.example"]
    issues = ensemble(*[lambda une=une: adresses.demander(personne, une) for une in nouvelles])
    assert all(isinstance(issue, ChangementAdresse) for issue in issues), issues
    attente = ChangementAdresse.objects.get(etat=EtatChangement.EN_ATTENTE)
    issues = ensemble(
        *[lambda: adresses.confirmer(ChangementAdresse.objects.select_related("personne").get(pk=attente.pk), "")] * 2
    )
    assert sorted(type(issue).__name__ for issue in issues) == ["ChangementImpossible", "NoneType"]
    personne.refresh_from_db()
    assert personne.email == attente.nouvelle


def test_deux_personnes_prennent_la_meme_adresse_a_la_fois(db):
    demandes = [adresses.demander(f.UtilisateurFactory(), "commune@ville.example") for _ in range(2)]
    issues = ensemble(*[lambda un=un: adresses.confirmer(un, "") for un in demandes])
    assert sorted(type(issue).__name__ for issue in issues) == ["ChangementImpossible", "NoneType"], issues
    assert Utilisateur.objects.filter(email="commune@ville.example").count() == 1
