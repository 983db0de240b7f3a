"""What the region remarks, field by field, when it sends a fiche back; what the team answers."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.enums import ChampDeFiche, EtatProjet
from programme.fiche import lire_la_fiche
from programme.models import Decision, Remarque
from programme.remarques import remarques_de, sans_reponse
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_pieces import RemarqueFactory
from tests.factories_projets import JalonFactory, PorteurFactory, projet_en
from tests.outils.contraintes import verifier_refus
from tests.outils.formulaires import a_envoyer
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def transmis(territoire):
    return projet_en(EtatProjet.TRANSMIS, territoire=territoire)


@pytest.fixture
def a_completer(territoire):
    return projet_en(EtatProjet.A_COMPLETER, territoire=territoire)


@pytest.fixture
def chef(personnages):
    return navigateur(personnages["chef de projet"])


def navigateur(personne):
    client = Client()
    client.force_login(personne)
    return client


def etape(projet, cle):
    return reverse("projet_etape", args=[projet.cle, cle])


def page_de(client, projet):
    return client.get(reverse("projet_modifier", args=[projet.cle])).content.decode()


def enregistrer(client, projet, **champs):
    adresse = reverse("projet_modifier", args=[projet.cle])
    return client.post(adresse, a_envoyer(page_de(client, projet), "modifier", **champs), follow=True)


def demander(client, projet, *remarques, **champs):
    donnees = {"motif": "Il manque des choses.", "remarques": "3"} | champs
    for rang, (champ, texte) in enumerate(remarques):
        donnees |= {f"remarque-{rang}-champ": champ, f"remarque-{rang}-texte": texte}
    return client.post(etape(projet, "demander-complements"), donnees)


# --- Made


def test_la_region_remarque_champ_par_champ(personnages, transmis):
    client = navigateur(personnages["pilote"])
    assert demander(client, transmis, ("contexte", "Trop court."), ("jalons", "Des dates.")).status_code == 302
    une, autre = Remarque.objects.all()
    assert (une.champ, une.texte, une.faite_par) == ("contexte", "Trop court.", personnages["pilote"])
    assert une.decision == autre.decision == Decision.objects.latest("pk")
    assert "Trop court." in Page(client.get(transmis.get_absolute_url())).mots


def test_les_remarques_sont_facultatives(personnages, transmis):
    assert demander(navigateur(personnages["pilote"]), transmis).status_code == 302
    assert not Remarque.objects.exists()


@pytest.mark.parametrize(
    ("remarque", "mots"),
    [
        (("", "Sans champ."), "Choisissez le champ"),
        (("contexte", ""), "Écrivez la remarque"),
        (("etat", "Forgé."), "Sélectionnez un choix valide"),
    ],
)
def test_une_remarque_a_moitie_ecrite_arrete_tout(personnages, transmis, remarque, mots):
    reponse = demander(navigateur(personnages["pilote"]), transmis, remarque)
    assert mots in reponse.content.decode()
    transmis.refresh_from_db()
    assert transmis.etat == EtatProjet.TRANSMIS
    assert not Remarque.objects.exists()


def test_sans_motif_ni_la_demande_ni_les_remarques(personnages, transmis):
    demander(navigateur(personnages["pilote"]), transmis, ("contexte", "Trop court."), motif=" ")
    assert not Remarque.objects.exists()


def test_une_ligne_de_plus_garde_ce_qui_est_ecrit(personnages, transmis):
    client = navigateur(personnages["pilote"])
    reponse = demander(client, transmis, ("contexte", "Trop court."), **{"ajouter-une-remarque": ""})
    html = reponse.content.decode()
    assert "Trop court." in html
    assert "Il manque des choses." in html
    assert 'name="remarque-3-texte"' in html
    assert "Rien n'est encore fait" not in html
    assert not Remarque.objects.exists()


# --- Read, answered


def test_elles_se_lisent_a_leur_champ_et_s_annoncent_avec_lui(chef, a_completer):
    RemarqueFactory(projet=a_completer, texte="Trop court.")
    RemarqueFactory(projet=a_completer, champ=ChampDeFiche.MESURES, texte="Trop de mesures.")
    RemarqueFactory(projet=a_completer, champ=ChampDeFiche.JALONS, texte="Pas d'étapes.")
    html = page_de(chef, a_completer)
    assert 'aria-describedby="id_contexte_remarques id_contexte_helptext id_contexte_error"' in html
    assert 'aria-describedby="id_mesures_remarques"' in html
    for ancre in ("#id_contexte", "#id_mesures", "#jalons"):
        assert f'href="{ancre}"' in html
    assert html.count("Trop court.") == 2
    assert html.count("étapes.") >= 2
    assert html.count("Sans réponse") == 3


def test_l_equipe_note_ce_a_quoi_elle_a_repondu_et_peut_y_revenir(chef, personnages, a_completer):
    une = RemarqueFactory(projet=a_completer)
    nom = f"remarque-{une.cle}"
    enregistrer(chef, a_completer, **{nom: ["on"]})
    une.refresh_from_db()
    assert une.levee_par == personnages["chef de projet"]
    assert "Répondu" in Page(navigateur(personnages["pilote"]).get(a_completer.get_absolute_url())).mots
    enregistrer(chef, a_completer, **{nom: None})
    une.refresh_from_db()
    assert not une.est_levee
    assert une.historique.count() == 3


def test_une_page_ouverte_avant_ne_defait_pas_la_reponse_d_un_autre(chef, a_completer):
    une = RemarqueFactory(projet=a_completer)
    ancienne = a_envoyer(page_de(chef, a_completer), "modifier")
    enregistrer(chef, a_completer, **{f"remarque-{une.cle}": ["on"]})
    chef.post(reverse("projet_modifier", args=[a_completer.cle]), ancienne)
    une.refresh_from_db()
    assert une.est_levee


def test_une_fiche_refusee_garde_la_case_cochee(chef, a_completer):
    une = RemarqueFactory(projet=a_completer)
    reponse = enregistrer(chef, a_completer, titre="", **{f"remarque-{une.cle}": ["on"]})
    html = reponse.content.decode()
    assert "Donnez un titre" in html
    assert f'id="remarque-{une.cle}" checked' in html
    une.refresh_from_db()
    assert not une.est_levee


def test_deux_versions_a_rapprocher_gardent_la_case_cochee(chef, a_completer):
    une = RemarqueFactory(projet=a_completer)
    page = a_envoyer(page_de(chef, a_completer), "modifier")
    enregistrer(chef, a_completer, objectifs="D'un autre.")
    html = chef.post(
        reverse("projet_modifier", args=[a_completer.cle]),
        page | {"contexte": "De moi.", f"remarque-{une.cle}": ["on"]},
    ).content.decode()
    assert "D&#x27;un autre." in html
    chef.post(reverse("projet_modifier", args=[a_completer.cle]), a_envoyer(html, "modifier"))
    une.refresh_from_db()
    assert une.est_levee


def test_le_porteur_les_lit_et_n_en_leve_aucune(a_completer):
    porteur = navigateur(PorteurFactory(projet=a_completer).personne)
    une = RemarqueFactory(projet=a_completer, texte="Trop court.")
    html = page_de(porteur, a_completer)
    assert "Trop court." in html
    assert "J'ai répondu" not in html
    enregistrer(porteur, a_completer, **{f"remarque-{une.cle}": ["on"], f"remarque-lue-{une.cle}": ["non"]})
    une.refresh_from_db()
    assert not une.est_levee


@pytest.mark.parametrize("champ", [ChampDeFiche.CONTEXTE, ChampDeFiche.COMMUNES, ChampDeFiche.JALONS])
def test_un_champ_change_le_dit(personnages, a_completer, champ):
    RemarqueFactory(projet=a_completer, champ=champ)
    (lue,) = remarques_de(a_completer, personnages["pilote"])
    assert not lue.modifiee
    assert sans_reponse([lue]) == [lue]
    a_completer.contexte, a_completer.sans_lieu = "Bien plus long.", False
    a_completer.save()
    JalonFactory(projet=a_completer)
    (lue,) = remarques_de(a_completer, personnages["pilote"])
    assert lue.modifiee
    assert not sans_reponse([lue])
    assert "Modifié depuis" in Page(navigateur(personnages["pilote"]).get(a_completer.get_absolute_url())).mots


def test_transmettre_sans_avoir_repondu_se_dit_et_se_peut(chef, a_completer):
    RemarqueFactory(projet=a_completer, texte="Trop court.")
    page = Page(chef.get(etape(a_completer, "transmettre-a-nouveau")))
    assert "1 remarque de la région sans réponse" in page.mots
    assert "Trop court." in page.mots
    chef.post(etape(a_completer, "transmettre-a-nouveau"), {})
    a_completer.refresh_from_db()
    assert a_completer.etat == EtatProjet.TRANSMIS


def test_seule_la_derniere_demande_se_montre(personnages, a_completer):
    RemarqueFactory(projet=a_completer, texte="Ancienne.")
    Decision.objects.create(
        projet=a_completer,
        transition="demander-complements",
        de=EtatProjet.TRANSMIS,
        vers=EtatProjet.A_COMPLETER,
        motif="Encore.",
        saisie_par=personnages["pilote"],
    )
    assert not lire_la_fiche(a_completer.cle, personnages["pilote"]).remarques


# --- Who


def test_une_remarque_sur_un_montant_secret_se_lit_entre_peu(territoire, personnages):
    projet = projet_en(EtatProjet.A_COMPLETER, territoire=territoire, montants_secrets=True)
    maire = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    RemarqueFactory(projet=projet, champ=ChampDeFiche.COUT_TOTAL, texte="Pourquoi 1 234 567 euros")
    for personne, lit in ((maire, False), (personnages["lecture"], False), (personnages["chef de projet"], True)):
        client = navigateur(personne)
        textes = (
            client.get(projet.get_absolute_url()).content + client.get(etape(projet, "transmettre-a-nouveau")).content
        )
        assert ("1 234 567" in textes.decode()) == lit
    assert "1 234 567" not in page_de(navigateur(maire), projet)


def test_qui_ne_connait_pas_la_fiche_ne_lit_aucune_remarque(personnages, a_completer):
    RemarqueFactory(projet=a_completer)
    lisent = {nom for nom, qui in personnages.items() if qui and Remarque.objects.visibles_par(qui).exists()}
    assert lisent == {
        "chef de projet", "lecture", "pilote", "agent instructeur", "pilote d'une région associée", "État territorial",
        "analyste", "auditeur", "administrateur",
    }  # fmt: skip
    notent = {nom for nom, qui in personnages.items() if qui and Remarque.objects.modifiables_par(qui).exists()}
    assert notent == {"chef de projet", "administrateur"}


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_remarque_levee", {"levee_le": timezone.now()}),
        ("programme_remarque_texte", {"texte": ""}),
        ("programme_remarque_champ", {"champ": "etat"}),
    ],
)
def test_la_base_refuse_une_remarque_impossible(nom, changements):
    verifier_refus(RemarqueFactory(), nom, changements)


def test_une_reponse_a_sa_date():
    verifier_refus(RemarqueFactory(), "programme_remarque_levee", {"levee_par": f.UtilisateurFactory()})


def test_la_fiche_ne_coute_pas_plus_pour_trente_remarques(personnages, a_completer):
    def compter(adresse, client):
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    pages = [
        (a_completer.get_absolute_url(), navigateur(personnages["pilote"])),
        (reverse("projet_modifier", args=[a_completer.cle]), navigateur(personnages["chef de projet"])),
    ]
    for champ in (ChampDeFiche.CONTEXTE, ChampDeFiche.MESURES):
        RemarqueFactory(projet=a_completer, champ=champ)
    deux = [compter(*page) for page in pages]
    for _ in range(14):
        for champ in (ChampDeFiche.CONTEXTE, ChampDeFiche.MESURES):
            RemarqueFactory(projet=a_completer, champ=champ)
    assert [compter(*page) for page in pages] == deux
