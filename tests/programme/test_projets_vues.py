"""The views that somebody keeps of the list of projects: theirs alone."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from comptes.effacement import anonymiser
from comptes.mes_donnees import rassembler
from programme.enums import EtatProjet
from programme.models import VueDeProjets
from programme.models.vues import VUES_MAX
from tests.factories_projets import EtiquetteFactory, VueFactory, projet_en
from tests.outils.contraintes import verifier_refus
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
LISTE, VUES, NOUVELLE = reverse("projets"), reverse("vues"), reverse("vue_nouvelle")


@pytest.fixture
def chef(client, personnages):
    client.force_login(personnages["chef de projet"])
    return personnages["chef de projet"]


def adresse(vue, quoi):
    return reverse(f"vue_{quoi}", args=[vue.cle])


def test_ce_qui_est_affiche_s_enregistre_sous_un_nom_et_se_retrouve(client, chef, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Montré")
    projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Caché")
    question = "?etat=inscrit&tri=titre&colonnes=emplois&colonnes=titre&apres=x&utm=1"
    page = Page(client.get(LISTE + question.replace("&apres=x", "")))
    vers = page.liens["Enregistrer cette vue"]
    assert "Filtres" not in Page(client.get(vers)).mots
    assert "État : Inscrit au contrat" in Page(client.get(vers)).mots
    page = Page(client.post(vers, {"nom": " Les inscrits "}, follow=True))
    vue = VueDeProjets.objects.get()
    assert (vue.personne, vue.nom, vue.par_defaut) == (chef, "Les inscrits", False)
    assert vue.question == "etat=inscrit&tri=titre&colonnes=titre&colonnes=emplois"
    assert "Vue montrée : Les inscrits" in page.mots
    assert "Montré" in page.mots
    assert "Caché" not in page.mots
    assert Page(client.get(f"{LISTE}?vue=toutes")).liens["Les inscrits"] == vue.get_absolute_url()


def test_la_vue_par_defaut_s_ouvre_en_arrivant_et_le_dit(client, chef):
    vue = VueFactory(personne=chef, par_defaut=True)
    assert client.get(LISTE).url == vue.get_absolute_url()
    page = Page(client.get(LISTE, follow=True))
    assert "celle qui s'ouvre quand vous arrivez sur les projets" in page.mots
    assert page.liens["Voir tous les projets"] == f"{LISTE}?vue=toutes"
    assert client.get(page.liens["Voir tous les projets"]).status_code == 200
    # Whoever asks something gets it.
    assert "Vue montrée" not in Page(client.get(LISTE, {"etat": "transmis"})).mots


def test_une_seule_vue_s_ouvre_par_defaut(client, chef):
    premiere = VueFactory(personne=chef, par_defaut=True)
    d_une_autre = VueFactory(par_defaut=True)
    client.post(f"{NOUVELLE}?etat=transmis", {"nom": "Seconde", "par_defaut": "on"})
    assert list(VueDeProjets.objects.filter(personne=chef, par_defaut=True)) == [
        VueDeProjets.objects.get(nom="Seconde")
    ]
    premiere.refresh_from_db()
    d_une_autre.refresh_from_db()
    assert (premiere.par_defaut, d_une_autre.par_defaut) == (False, True)


def test_les_vues_d_une_personne_sont_a_elle_seule(client, personnages):
    vue = VueFactory(personne=personnages["chef de projet"], nom="Très personnelle", par_defaut=True)
    for nom in ("équipe voisine", "pilote", "administrateur", "auditeur"):
        client.force_login(personnages[nom])
        for page in (LISTE, vue.get_absolute_url(), VUES):
            reponse = client.get(page)
            assert reponse.status_code == 200
            assert "Très personnelle" not in reponse.text, nom
        for quoi in ("modifier", "remplacer", "supprimer"):
            assert client.post(adresse(vue, quoi), {"nom": "Volée"}).status_code == 404, nom
    client.logout()
    assert "Très personnelle" not in client.get(vue.get_absolute_url()).text
    vue.refresh_from_db()
    assert vue.nom == "Très personnelle"


def test_un_nom_ne_sert_qu_une_fois_par_personne(client, chef):
    VueFactory(personne=chef, nom="Les Inscrits")
    VueFactory(nom="Les transmis")
    page = Page(client.post(f"{NOUVELLE}?etat=transmis", {"nom": "les inscrits"}))
    assert "La vue n'est pas enregistrée" in page.mots
    assert "Vous avez déjà une vue de ce nom." in page.mots
    client.post(f"{NOUVELLE}?etat=transmis", {"nom": "Les transmis"})
    assert VueDeProjets.objects.filter(personne=chef).count() == 2


@pytest.mark.parametrize(("nom", "message"), [("", "Donnez un nom"), (" ", "Donnez un nom"), ("x" * 61, "au plus 60")])
def test_un_nom_de_vue_est_demande_et_court(client, chef, nom, message):
    assert message in Page(client.post(f"{NOUVELLE}?etat=transmis", {"nom": nom})).mots
    assert not VueDeProjets.objects.exists()


def test_les_vues_sont_en_nombre_limite(client, chef):
    for _ in range(VUES_MAX):
        VueFactory(personne=chef)
    VueFactory()
    page = Page(client.post(f"{NOUVELLE}?etat=transmis", {"nom": "Une de trop"}))
    assert f"Vous avez déjà {VUES_MAX} vues : supprimez-en une d'abord." in page.mots
    assert VueDeProjets.objects.filter(personne=chef).count() == VUES_MAX
    # Those that are there still change.
    client.post(adresse(VueDeProjets.objects.filter(personne=chef).first(), "modifier"), {"nom": "Renommée"})
    assert VueDeProjets.objects.filter(personne=chef, nom="Renommée").exists()


def test_une_vue_se_renomme_et_se_supprime(client, chef):
    vue = VueFactory(personne=chef, nom="Avant")
    page = Page(client.get(VUES))
    assert page.liens["Renommer « Avant »"] == adresse(vue, "modifier")
    assert "État : Inscrit au contrat" in page.mots
    page = Page(client.post(adresse(vue, "modifier"), {"nom": "Après"}, follow=True))
    assert "La vue « Après » est enregistrée." in page.mots + str(client.get(VUES).text)
    assert "Vous ne la retrouverez plus" in Page(client.get(adresse(vue, "supprimer"))).mots
    assert VueDeProjets.objects.exists()
    client.post(adresse(vue, "supprimer"))
    assert not VueDeProjets.objects.exists()
    assert "Vous n'avez pas encore de vue" in Page(client.get(VUES)).mots


def test_une_vue_changee_le_dit_et_s_enregistre(client, chef):
    vue = VueFactory(personne=chef, question="etat=inscrit")
    assert "changements qui ne sont pas enregistrés" not in Page(client.get(vue.get_absolute_url())).mots
    change = f"{LISTE}?etat=transmis&tri=titre&vue={vue.cle}"
    page = Page(client.get(change))
    assert "changements qui ne sont pas enregistrés" in page.mots
    assert page.liens["Revenir à la vue"] == vue.get_absolute_url()
    assert "Enregistrer comme une nouvelle vue" in page.liens
    reponse = client.post(f"{adresse(vue, 'remplacer')}?etat=transmis&tri=titre")
    vue.refresh_from_db()
    assert vue.question == "etat=transmis&tri=titre"
    assert reponse.url == vue.get_absolute_url()


def test_une_vue_qui_demande_ce_qui_n_existe_plus_s_ouvre_et_le_dit(client, chef, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Montré")
    vue = VueFactory(personne=chef, nom="Vieille", question="jadis=3&etat=inscrit&colonnes=titre&colonnes=partie")
    mots = Page(client.get(vue.get_absolute_url())).mots
    assert "Cette vue demandait aussi « jadis », qui n'existe plus" in mots
    assert "Cette colonne n'existe pas ou ne vous est pas montrée : « partie »" in mots
    assert "Montré" in mots
    assert "« jadis », qui n'existe plus · État : Inscrit au contrat" in Page(client.get(VUES)).mots
    assert "Colonnes : « partie », qui n'existe plus" in Page(client.get(VUES)).mots
    client.post(f"{adresse(vue, 'remplacer')}?etat=inscrit&colonnes=titre")
    assert "qui n'existe plus" not in Page(client.get(vue.get_absolute_url())).mots
    etiquette = EtiquetteFactory(region_id="32")
    VueDeProjets.objects.update(question=f"etat=disparu&etiquette={etiquette.cle}")
    vue.refresh_from_db()
    mots = Page(client.get(vue.get_absolute_url())).mots
    assert "Votre vue « Vieille » demande ce qui n'existe plus (« disparu » pour État)" in mots
    assert client.get(VUES).status_code == client.get(adresse(vue, "modifier")).status_code == 200


@pytest.mark.parametrize(
    ("question", "message"), [("etat=nimporte", "« nimporte » pour État"), ("q=" + "é" * 201, "Titre, porteur")]
)
def test_une_recherche_incomprise_ne_s_enregistre_pas(client, chef, question, message):
    vue = VueFactory(personne=chef)
    for vers in (NOUVELLE, adresse(vue, "remplacer")):
        mots = Page(client.post(f"{vers}?{question}", {"nom": "Perdue"}, follow=True)).mots
        assert "n'est pas enregistrée" in mots
        assert message in mots
    vue.refresh_from_db()
    assert (VueDeProjets.objects.count(), vue.question) == (1, "etat=inscrit")


def test_les_vues_sont_dans_mes_donnees_et_s_effacent_avec_le_compte(personnages):
    chef = personnages["chef de projet"]
    vue = VueFactory(personne=chef, nom="Ma vue à moi", question="q=dupont")
    vue.nom = "Renommée"
    vue.garder()
    autre = VueFactory(nom="D'une autre")
    donnees = str(rassembler(chef))
    assert "Renommée" in donnees
    assert "q=dupont" in donnees
    assert "Ma vue à moi" in donnees
    assert "D'une autre" not in donnees
    anonymiser(chef)
    assert list(VueDeProjets.objects.all()) == [autre]
    assert not VueDeProjets.historique.filter(personne=chef.pk).exists()


def test_la_base_refuse_deux_vues_du_meme_nom_deux_par_defaut_et_une_sans_nom():
    vue, autre = VueFactory(nom="Une"), VueFactory(nom="Deux")
    verifier_refus(vue, "programme_vue_nommee", {"nom": ""})
    vue.refresh_from_db()
    VueDeProjets.objects.filter(pk=autre.pk).update(personne=vue.personne, par_defaut=True)
    verifier_refus(vue, "programme_vue_unique", {"nom": "DEUX"})
    vue.refresh_from_db()
    verifier_refus(vue, "programme_vue_par_defaut", {"par_defaut": True})


def test_garder_dit_ce_qui_ne_va_pas():
    vue = VueFactory(nom="Une")
    with pytest.raises(ValidationError, match="déjà une vue de ce nom"):
        VueDeProjets(personne=vue.personne, nom="une").garder()
