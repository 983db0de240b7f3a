"""What a porteur writes is a proposal: kept apart, shown as a difference, accepted, refused or taken back."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes.models import Courrier
from programme import propositions
from programme.enums import EtatProjet, IssueProposition
from programme.models import Projet, PropositionDeFiche
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_projets import (
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ProjetFactory,
    PropositionFactory,
    projet_en,
)
from tests.outils.formulaires import a_envoyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.PREPARATION, territoire=territoire, contexte="Avant.")


@pytest.fixture
def porteur(projet):
    return PorteurFactory(projet=projet).personne


@pytest.fixture
def client_porteur(porteur):
    client = Client()
    client.force_login(porteur)
    return client


@pytest.fixture
def client_chef(personnages):
    client = Client()
    client.force_login(personnages["chef de projet"])
    return client


def adresse(projet):
    return reverse("projet_modifier", args=[projet.cle])


def proposer(client, projet, **champs):
    lus = a_envoyer(client.get(adresse(projet)).content.decode(), "modifier")
    return client.post(adresse(projet), lus | champs, follow=True)


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


def accepter(client, proposition, **champs):
    html = client.get(proposition.get_absolute_url()).content.decode()
    return client.post(f"{proposition.get_absolute_url()}accepter/", a_envoyer(html, "accepter") | champs, follow=True)


def test_ce_que_le_porteur_ecrit_ne_change_pas_la_fiche(client_porteur, projet, porteur):
    reponse = proposer(client_porteur, projet, contexte="Du porteur.")
    assert "est envoyée à l&#x27;équipe" in reponse.content.decode()
    assert relire(projet).contexte == "Avant."
    assert relire(projet).revision == projet.revision
    une = PropositionDeFiche.objects.get()
    assert (une.auteur, une.valeurs, une.avant) == (porteur, {"contexte": "Du porteur."}, {"contexte": "Avant."})


def test_l_equipe_en_est_avertie_une_fois(client_porteur, projet, personnages):
    for texte in ("Un.", "Deux."):
        proposer(client_porteur, projet, contexte=texte)
    courriers = Courrier.objects.filter(objet__startswith="Une proposition du porteur")
    assert [courrier.destinataire for courrier in courriers] == [personnages["chef de projet"]]
    assert PropositionDeFiche.objects.get().valeurs == {"contexte": "Deux."}


def test_le_porteur_continue_sa_proposition_et_la_vide(client_porteur, projet):
    proposer(client_porteur, projet, contexte="Du porteur.")
    html = client_porteur.get(adresse(projet)).content.decode()
    assert "Du porteur.</textarea>" in html
    assert "vous la continuez ici" in html
    proposer(client_porteur, projet, contexte="Avant.")
    assert PropositionDeFiche.objects.get().issue == IssueProposition.RETIREE


def test_l_equipe_accepte_tout(client_porteur, client_chef, projet, porteur):
    JalonFactory(projet=projet, titre="Ancien")
    lus = a_envoyer(client_porteur.get(f"{adresse(projet)}?ligne=jalons").content.decode(), "modifier")
    ancien, nouveau = lus["jalons"]
    lus |= {f"jalons-{ancien}-titre": "Renommé", f"jalons-{nouveau}-titre": "Ajouté"}
    lus |= {f"jalons-{nouveau}-prevu_le": "2027-05-01", "contexte": "Du porteur.", "emplois": "12"}
    client_porteur.post(adresse(projet), lus)
    une = PropositionDeFiche.objects.get()
    assert "Voir et répondre" in client_chef.get(adresse(projet)).content.decode()
    assert "Accepter : Étape « Ajouté », étape" in client_chef.get(une.get_absolute_url()).content.decode().replace(
        "\N{NO-BREAK SPACE}", " "
    )
    accepter(client_chef, une)
    relu = relire(projet)
    assert (relu.contexte, relu.emplois, relu.revision) == ("Du porteur.", 12, projet.revision + 1)
    assert {jalon.titre for jalon in projet.jalons.all()} == {"Renommé", "Ajouté"}
    une.refresh_from_db()
    assert une.issue == IssueProposition.ACCEPTEE
    assert Courrier.objects.filter(destinataire=porteur, objet__contains="acceptée").exists()
    assert "Accepté" in client_porteur.get(une.get_absolute_url()).content.decode()


def test_l_equipe_accepte_champ_par_champ(client_chef, projet):
    une = PropositionFactory(projet=projet, avant={"contexte": "Avant.", "titre": projet.titre})
    une.valeurs = {"contexte": "Oui.", "titre": "Non"}
    une.save()
    accepter(client_chef, une, champs=["contexte"])
    assert (relire(projet).contexte, relire(projet).titre) == ("Oui.", projet.titre)
    une.refresh_from_db()
    assert (une.issue, une.acceptees) == (IssueProposition.PARTIE, ["contexte"])


def test_un_refus_a_un_motif_que_le_porteur_lit(client_chef, client_porteur, projet, porteur):
    une = PropositionFactory(projet=projet, auteur=porteur)
    refus = f"{une.get_absolute_url()}refuser/"
    assert "Dites pourquoi" in client_chef.post(refus, {"motif": " "}).content.decode()
    assert PropositionDeFiche.objects.en_attente().exists()
    client_chef.post(refus, {"motif": "Hors sujet."})
    assert relire(projet).contexte == "Avant."
    assert Courrier.objects.filter(destinataire=porteur, texte__contains="Hors sujet.").exists()
    assert "Hors sujet." in client_porteur.get(une.get_absolute_url()).content.decode()
    assert "plus en attente" in client_chef.post(refus, {"motif": "Encore."}, follow=True).content.decode()


def test_le_porteur_retire_sa_proposition(client_porteur, client_chef, projet, porteur):
    une = PropositionFactory(projet=projet, auteur=porteur)
    retrait = f"{une.get_absolute_url()}retirer/"
    assert client_chef.post(retrait).status_code == 403
    client_porteur.post(retrait)
    une.refresh_from_db()
    assert une.issue == IssueProposition.RETIREE
    with pytest.raises(ValidationError, match="plus en attente"):
        propositions.accepter(une, projet.saisi_par, ["contexte"], str(projet.revision))


def test_ce_qui_a_change_depuis_se_dit_et_ne_s_accepte_pas_a_l_aveugle(client_chef, projet):
    une = PropositionFactory(projet=projet, avant={"contexte": "Avant."})
    page = a_envoyer(client_chef.get(une.get_absolute_url()).content.decode(), "accepter")
    proposer(client_chef, projet, contexte="De l'équipe.")
    reponse = client_chef.post(f"{une.get_absolute_url()}accepter/", page, follow=True)
    assert "La fiche a changé entre-temps" in reponse.content.decode()
    assert relire(projet).contexte == "De l'équipe."
    assert "Changé depuis que le porteur" in client_chef.get(une.get_absolute_url()).content.decode()
    accepter(client_chef, une)
    assert relire(projet).contexte == "Proposé."


def test_une_proposition_qui_rendrait_la_fiche_fausse_est_refusee_en_mots(client_chef, projet):
    une = PropositionFactory(projet=projet, avant={"fin": "2027-12-31"}, valeurs={"fin": "2020-01-01"})
    assert "doit suivre" in accepter(client_chef, une).content.decode()
    assert relire(projet).fin == datetime.date(2027, 12, 31)
    une.refresh_from_db()
    assert une.est_en_attente


def test_une_ligne_supprimee_depuis_ne_s_accepte_plus(client_chef, projet):
    cle = IndicateurFactory(projet=projet, nom="Emplois").cle
    nom = f"indicateurs-{cle}-nom"
    une = PropositionFactory(projet=projet, avant={nom: "Emplois"}, valeurs={nom: "Postes", "contexte": "Oui."})
    projet.indicateurs.all().delete()
    assert "supprimée depuis" in client_chef.get(une.get_absolute_url()).content.decode()
    accepter(client_chef, une, champs=[nom, "contexte"])
    assert not projet.indicateurs.exists()
    assert relire(projet).contexte == "Oui."


def test_des_montants_secrets_proposes_restent_secrets(client, client_chef, projet):
    valeurs = {"cout_total": "987654,00", "cout_total_taxe": "ht", "montants_secrets": "on"}
    une = PropositionFactory(projet=projet, valeurs=valeurs, avant={})
    maire = f.ActeurFactory(territoire=projet.territoire, qualite=QualiteTerritoriale.MAIRE).personne
    client.force_login(maire)
    assert client.get(une.get_absolute_url()).status_code == 403
    assert client.post(f"{une.get_absolute_url()}accepter/", {}).status_code == 403
    assert client_chef.get(une.get_absolute_url()).status_code == 200


def test_chacun_voit_les_propositions_que_dit_la_regle(personnages, projet, porteur):
    une = PropositionFactory(projet=projet, auteur=porteur)
    autre = PorteurFactory(projet=projet).personne
    voient = {"chef de projet", "analyste", "auditeur", "administrateur"}
    for nom, personne in personnages.items():
        if personne:
            assert PropositionDeFiche.objects.visibles_par(personne).exists() == (nom in voient), nom
            repond = nom in ("chef de projet", "administrateur")
            assert PropositionDeFiche.objects.modifiables_par(personne).exists() == repond, nom
    assert list(PropositionDeFiche.objects.visibles_par(porteur)) == [une]
    assert not PropositionDeFiche.objects.visibles_par(autre).exists()


def test_apres_la_transmission_rien_ne_se_propose_ni_ne_s_accepte(client_porteur, client_chef, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    une = PropositionFactory(projet=projet)
    client_porteur.force_login(PorteurFactory(projet=projet).personne)
    assert client_porteur.get(adresse(projet)).status_code == 403
    assert client_chef.post(f"{une.get_absolute_url()}accepter/", {}).status_code == 403


@pytest.mark.parametrize(
    "champs",
    [
        {"issue": IssueProposition.REFUSEE, "traitee_le": timezone.now()},
        {"issue": IssueProposition.ACCEPTEE, "traitee_par": None, "traitee_le": timezone.now()},
        {"issue": IssueProposition.ACCEPTEE, "traitee_le": None},
        {"traitee_le": timezone.now(), "traitee_par": None},
        {"traitee_le": None},
    ],
)
def test_les_contraintes_de_la_proposition(champs):
    par = f.UtilisateurFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PropositionFactory(**{"traitee_par": par, **champs})


def test_une_seule_proposition_attend_par_porteur():
    une = PropositionFactory()
    une.clore(IssueProposition.RETIREE, une.auteur)
    PropositionFactory(projet=une.projet, auteur=une.auteur)
    with pytest.raises(IntegrityError), transaction.atomic():
        PropositionFactory(projet=une.projet, auteur=une.auteur)
    PropositionFactory(projet=ProjetFactory(), auteur=une.auteur)


def test_le_porteur_s_invite_depuis_la_fiche(client_chef, projet, voisin):
    ailleurs = ProjetFactory(territoire=voisin)
    chemin = f"{reverse('inviter')}?genre=porteur-de-projet&portee="
    html = client_chef.get(f"{chemin}{projet.cle}").content.decode()
    assert f'value="{projet.cle}" selected' in html
    refus = client_chef.post(
        f"{chemin}{ailleurs.cle}",
        {"adresse": "p@usine.example", "projet": ailleurs.cle, "qualite": "redaction", "du": "2030-01-01"},
    )
    assert "Choisissez dans la liste" in refus.content.decode() or 'id="erreurs"' in refus.content.decode()
