"""Projects in the admin: what each may write there, what nobody may."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.parcours import possibles
from programme.enums import EtatProjet
from programme.models import Indicateur, Jalon, Porteur, Projet
from territoires.enums import QualiteTerritoriale
from territoires.models import Region
from tests import factories as f
from tests.factories_projets import (
    EtiquetteFactory,
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ProjetFactory,
    projet_en,
)
from tests.outils.personnages import PILOTE

pytestmark = pytest.mark.django_db

LISTE = "/admin/programme/projet/"
PARTIES = ("freins", "jalons", "indicateurs", "decisions")


def page(projet):
    return reverse("admin:programme_projet_change", args=[projet.pk])


def formulaire(projet=None, **champs):
    """Return what a browser sends: the parts unchanged unless said."""
    gestion = {f"{partie}-{cle}": 0 for partie in PARTIES for cle in ("TOTAL_FORMS", "INITIAL_FORMS")}
    lus = {"titre": projet.titre, "revision_lue": projet.revision} if projet else {}
    return {**gestion, **lus, **champs}


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


def test_un_chef_de_projet_ajoute_une_idee_dans_son_territoire(client, personnages, territoire, voisin):
    chef = personnages["chef de projet"]
    client.force_login(chef)
    html = client.get(f"{LISTE}add/").content.decode()
    assert f'<option value="{territoire.pk}"' in html
    assert f'<option value="{voisin.pk}"' not in html
    champs = formulaire(titre="Une usine", territoire=territoire.pk, etat="inscrit", numero="FA-2026-99999")
    assert client.post(f"{LISTE}add/", champs).status_code == 302
    projet = Projet.objects.get(titre="Une usine")
    assert (projet.etat, projet.numero, projet.saisi_par) == (EtatProjet.IDEE, None, chef)
    refusee = client.post(f"{LISTE}add/", formulaire(titre="Ailleurs", territoire=voisin.pk))
    assert refusee.status_code == 200
    assert not Projet.objects.filter(titre="Ailleurs").exists()


def test_la_fiche_s_ecrit_tant_qu_elle_est_redigee(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    brouillon = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    assert client.post(page(brouillon), formulaire(brouillon, titre="Un autre")).status_code == 302
    relu = relire(brouillon)
    assert (relu.titre, relu.revision, relu.etat) == ("Un autre", 1, EtatProjet.PREPARATION)
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    assert client.post(page(transmis), formulaire(transmis, titre="Un autre")).status_code == 403
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    client.post(page(inscrit), formulaire(inscrit, titre="Un autre", territoire=1))
    assert relire(inscrit).titre == inscrit.titre


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "administrateur"])
def test_l_etat_ne_se_change_pas_dans_l_administration(nom, client, personnages, territoire):
    client.force_login(personnages[nom])
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    champs = {"etat": "inscrit", "etat_0": "inscrit", "numero": "FA-2026-00009", "version_fiche": 4}
    client.post(page(projet), formulaire(projet, **champs))
    relu = relire(projet)
    assert (relu.etat, relu.numero, relu.version_fiche) == (EtatProjet.PREPARATION, None, 1)
    html = client.get(page(projet)).content.decode()
    assert "En préparation" in html
    assert 'name="etat"' not in html


def test_deux_personnes_qui_ecrivent_a_la_fois_la_seconde_est_prevenue(client, personnages, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    client.force_login(personnages["chef de projet"])
    assert client.post(page(projet), formulaire(projet, titre="Premier")).status_code == 302
    reponse = client.post(page(projet), formulaire(projet, titre="Second"))
    assert "pendant que vous la modifiiez" in reponse.content.decode()
    assert relire(projet).titre == "Premier"
    sans_revision = formulaire(projet, titre="Forgé") | {"revision_lue": ""}
    assert client.post(page(projet), sans_revision).status_code == 200
    assert relire(projet).titre == "Premier"


def test_la_region_etiquette_et_n_ecrit_pas_la_fiche(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    sienne = EtiquetteFactory(region=Region.objects.get(pk=PILOTE))
    client.force_login(personnages["agent instructeur"])
    champs = {"titre": "Forgé", "etiquettes": [sienne.pk], "non_public_motif": "Négociation en cours."}
    assert client.post(page(projet), formulaire(projet, **champs)).status_code == 302
    relu = relire(projet)
    assert (relu.titre, relu.non_public_motif) == (projet.titre, "Négociation en cours.")
    assert list(relu.etiquettes.all()) == [sienne]
    chef = formulaire(relu, non_public_motif="", etiquettes=[])
    client.force_login(personnages["chef de projet"])
    assert client.post(page(projet), chef).status_code == 403
    assert relire(projet).non_public_motif == "Négociation en cours."


def test_une_etiquette_d_une_autre_region_est_refusee(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    etrangere = EtiquetteFactory()
    client.force_login(personnages["pilote"])
    reponse = client.post(page(projet), formulaire(projet, etiquettes=[etrangere.pk]))
    assert reponse.status_code == 200
    assert not projet.etiquettes.exists()


def test_les_montants_secrets_ne_se_lisent_ni_sur_la_page_ni_dans_l_historique(client, personnages, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire, montants_secrets=True, cout_total="987654.00")
    maire = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    historique = reverse("admin:programme_projet_history", args=[projet.pk])
    for personne, lit in ((maire, False), (personnages["lecture"], False), (personnages["chef de projet"], True)):
        client.force_login(personne)
        for adresse in (page(projet), historique):
            html = client.get(adresse).content.decode().replace("\N{NARROW NO-BREAK SPACE}", "")
            html = html.replace("\N{NO-BREAK SPACE}", "")
            assert ("987654" in html) == lit, adresse
    client.force_login(maire)
    champs = {"cout_total": "1", "cout_total_taxe": "ht", "montants_secrets": ""}
    assert client.post(page(projet), formulaire(projet, **champs)).status_code == 302
    relu = relire(projet)
    assert (relu.cout_total, relu.montants_secrets) == (987654, True)


def test_la_liste_ne_montre_que_ce_que_l_on_connait(client, personnages, territoire, voisin):
    public, prive = projet_en(EtatProjet.INSCRIT, territoire=voisin), ProjetFactory(territoire=territoire)
    client.force_login(personnages["chef de projet"])
    for recherche in ("", "projet", public.numero):
        html = client.get(LISTE, {"q": recherche}).content.decode()
        assert public.titre not in html
    assert prive.titre in client.get(LISTE, {"q": prive.titre.upper()}).content.decode()
    assert client.get(page(public)).status_code == 404


def test_un_projet_ne_se_supprime_pas(client, personnages, territoire):
    projet = ProjetFactory(territoire=territoire)
    client.force_login(personnages["administrateur"])
    adresse = reverse("admin:programme_projet_delete", args=[projet.pk])
    assert client.post(adresse, {"post": "yes"}).status_code == 403
    assert Projet.objects.filter(pk=projet.pk).exists()


def jalon(**champs):
    return {"jalons-TOTAL_FORMS": 1} | {f"jalons-0-{nom}": valeur for nom, valeur in champs.items()}


def test_une_etape_s_ajoute_par_qui_suit_le_projet(client, personnages, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    nouvelle = jalon(titre="Travaux", prevu_le="01/01/2027")
    for nom, attendu in (("lecture", 0), ("pilote d'une région associée", 0), ("chef de projet", 1), ("pilote", 2)):
        client.force_login(personnages[nom])
        client.post(page(projet), formulaire(relire(projet), **nouvelle))
        assert projet.jalons.count() == attendu, nom
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    client.force_login(personnages["pilote"])
    client.post(page(transmis), formulaire(transmis, **nouvelle))
    assert not transmis.jalons.exists()


def test_l_etape_d_un_autre_projet_ne_se_prend_pas_par_sa_cle(client, personnages, territoire, voisin):
    projet, ailleurs = ProjetFactory(territoire=territoire), JalonFactory(projet=ProjetFactory(territoire=voisin))
    client.force_login(personnages["chef de projet"])
    champs = jalon(id=ailleurs.pk, titre="Volée", prevu_le="01/01/2027", projet=projet.pk)
    client.post(page(projet), formulaire(projet, **champs) | {"jalons-INITIAL_FORMS": 1})
    assert Jalon.objects.get(pk=ailleurs.pk).titre == ailleurs.titre


def test_un_indicateur_se_releve_et_ne_change_pas_de_projet(client, personnages, territoire, voisin):
    indicateur = IndicateurFactory(projet=projet_en(EtatProjet.REALISATION, territoire=territoire))
    ailleurs = ProjetFactory(territoire=voisin)
    client.force_login(personnages["chef de projet"])
    adresse = reverse("admin:programme_indicateur_change", args=[indicateur.pk])
    champs = {
        "projet": ailleurs.pk,
        "nom": "Emplois",
        "cible": "12",
        "releves-TOTAL_FORMS": 1,
        "releves-INITIAL_FORMS": 0,
        "releves-0-date": "01/02/2026",
        "releves-0-valeur": "3",
    }
    assert client.post(adresse, champs).status_code == 302
    relu = Indicateur.objects.get(pk=indicateur.pk)
    assert (relu.nom, relu.projet, relu.releves.get().valeur) == ("Emplois", indicateur.projet, 3)
    ajout = reverse("admin:programme_indicateur_add")
    assert client.post(ajout, champs | {"releves-TOTAL_FORMS": 0}).status_code == 200
    assert not ailleurs.indicateurs.exists()


def test_le_chef_de_projet_nomme_un_porteur_de_ses_projets_seulement(client, personnages, territoire, voisin):
    client.force_login(personnages["chef de projet"])
    ici, ailleurs = ProjetFactory(territoire=territoire), projet_en(EtatProjet.INSCRIT, territoire=voisin)
    for projet, attendu in ((ici, 1), (ailleurs, 0)):
        champs = {"personne": personnages["lecture"].pk, "projet": projet.pk, "qualite": "lecture", "du": "01/01/2026"}
        client.post(reverse("admin:programme_porteur_add"), champs)
        assert Porteur.objects.filter(projet=projet).count() == attendu


@pytest.mark.parametrize("recherche", ["", "Projet"])
def test_la_liste_ne_coute_pas_plus_avec_plus_de_projets(recherche, client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    nombres = []
    for combien in (2, 28):
        for _ in range(combien):
            projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(LISTE, {"q": recherche}).status_code == 200
        nombres.append(len(requetes))
    # Half of them for the menu of the admin, which asks of each model whether one may add to it.
    assert nombres[0] == nombres[1] <= 16


def test_la_page_d_un_projet_ne_coute_pas_plus_avec_plus_de_parties(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    nombres = []
    for combien in (2, 28):
        for _ in range(combien):
            JalonFactory(projet=projet)
            IndicateurFactory(projet=projet)
            PorteurFactory(projet=projet)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(page(projet)).status_code == 200
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1] <= 40


@pytest.mark.parametrize(
    "nom", ["chef de projet", "lecture", "pilote", "État territorial", "auditeur", "administrateur"]
)
def test_l_administration_mene_aux_memes_etapes_que_la_page_du_projet(nom, client, personnages, territoire):
    """The same links to the same pages: nothing is moved in the admin itself."""
    client.force_login(personnages[nom])
    for etat in (EtatProjet.TRANSMIS, EtatProjet.INSTRUCTION, EtatProjet.REALISATION, EtatProjet.REALISE):
        projet = projet_en(etat, territoire=territoire)
        debut = re.escape(f"/projets/{projet.cle}/")
        liens = [
            set(re.findall(rf'href="({debut}(?:etape/[\w-]+|actualiser|archiver|desarchiver)/)"', client.get(une).text))
            for une in (page(projet), projet.get_absolute_url())
        ]
        assert liens[0] == liens[1], etat
        attendus = {
            reverse("projet_etape", args=[projet.cle, p.transition.cle]) for p in possibles(projet, personnages[nom])
        }
        assert attendus <= liens[0]
        if nom in ("chef de projet", "pilote") and etat == EtatProjet.REALISATION:
            assert reverse("projet_etape", args=[projet.cle, "achever"]) in liens[0]


def test_l_administration_ne_passe_aucune_etape_elle_meme(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    client.force_login(personnages["administrateur"])
    assert "instruire" not in client.get(LISTE).text
    client.post(LISTE, {"action": "inscrire", "_selected_action": [projet.pk]})
    client.post(page(projet), formulaire(projet, transition="inscrire", archive_le="2026-01-01"))
    assert (relire(projet).etat, relire(projet).archive_le) == (EtatProjet.INSTRUCTION, None)
