"""Writing a fiche on the public pages: begun, saved incomplete, refused only where it is wrong."""

import datetime
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from comptes.acces import aujourdhui
from programme.enums import EtatProjet
from programme.models import Indicateur, Jalon, Mesure, Projet
from programme.saisie import Saisie
from territoires.enums import QualiteTerritoriale
from territoires.models import Couverture, Territoire
from tests import factories as f
from tests.factories_projets import IndicateurFactory, JalonFactory, ProjetFactory, projet_en
from tests.outils.formulaires import a_envoyer

pytestmark = pytest.mark.django_db


def adresse(projet):
    return reverse("projet_modifier", args=[projet.cle])


def lire(client, projet, suite=""):
    return client.get(adresse(projet) + suite).content.decode()


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


@pytest.fixture
def chef(client, personnages):
    client.force_login(personnages["chef de projet"])
    return personnages["chef de projet"]


@pytest.fixture
def projet(territoire, chef):
    return projet_en(EtatProjet.PREPARATION, territoire=territoire)


def test_un_chef_de_projet_commence_un_projet_dans_son_territoire(client, chef, territoire, voisin):
    html = client.get("/projets/nouveau/").content.decode()
    assert f'value="{territoire.slug}" selected' in html
    assert voisin.slug not in html
    reponse = client.post("/projets/nouveau/", {"titre": "Une usine", "territoire": territoire.slug})
    projet = Projet.objects.get(titre="Une usine")
    assert reponse.url == adresse(projet)
    assert (projet.etat, projet.saisi_par, projet.territoire) == (EtatProjet.IDEE, chef, territoire)
    refusee = client.post("/projets/nouveau/", {"titre": "Ailleurs", "territoire": voisin.slug})
    assert refusee.status_code == 200
    assert not Projet.objects.filter(titre="Ailleurs").exists()


def test_le_territoire_de_l_adresse_est_propose_a_qui_en_a_plusieurs(client, chef, territoire, voisin):
    f.ActeurFactory(personne=chef, territoire=voisin)
    html = client.get("/projets/nouveau/", {"territoire": voisin.slug}).content.decode()
    assert f'value="{voisin.slug}" selected' in html


def test_la_fiche_s_enregistre_incomplete_telle_qu_on_l_ecrit(client, projet, territoire):
    mesure = Mesure.objects.first()
    commune = Couverture.objects.filter(inscription__territoire=territoire).values_list("commune", flat=True)[0]
    champs = a_envoyer(
        lire(client, projet),
        titre="Une école",
        contexte="Ligne 1\r\nLigne 2",
        mesures=[mesure.code],
        communes=[commune],
        sans_lieu=None,
        porteur_en_creation=None,
        porteur_siren="552 100 554",
        cout_total="1 250 000,50 €",
        cout_total_taxe="ttc",
        debut="2027-03-01",
        emplois="1 200",
        objectifs="",
    )
    assert client.post(adresse(projet), champs).url == adresse(projet)
    relu = relire(projet)
    assert (relu.titre, relu.porteur_siren, relu.cout_total) == ("Une école", "552100554", Decimal("1250000.50"))
    assert (relu.emplois, relu.debut, relu.objectifs) == (1200, datetime.date(2027, 3, 1), "")
    assert list(relu.mesures.all()) == [mesure]
    assert [une.pk for une in relu.communes.all()] == [commune]
    assert relu.revision == projet.revision + 1
    html = lire(client, projet)
    assert "1\N{NARROW NO-BREAK SPACE}250\N{NARROW NO-BREAK SPACE}000,50" in html
    assert "Dites les objectifs." in html


def test_renvoyer_la_fiche_telle_quelle_n_ecrit_rien(client, projet):
    projet.contexte = "Un texte\nsur deux lignes"
    projet.save()
    IndicateurFactory(projet=projet, base=Decimal("1234.50"))
    JalonFactory(projet=projet)
    passees = projet.historique.count(), Indicateur.historique.count(), Jalon.historique.count()
    reponse = client.post(adresse(projet), a_envoyer(lire(client, projet)), follow=True)
    assert "rien changé" in reponse.content.decode()
    assert (projet.historique.count(), Indicateur.historique.count(), Jalon.historique.count()) == passees
    assert relire(projet).revision == projet.revision


@pytest.mark.parametrize(
    ("champs", "nom", "message"),
    [
        ({"titre": ""}, "titre", "Donnez un titre"),
        ({"porteur_siren": "552100555", "porteur_en_creation": None}, "porteur_siren", "existe pas"),
        ({"porteur_siren": "552100554"}, "porteur_en_creation", "pas encore de SIREN"),
        ({"cout_total": "1.250"}, "cout_total", "deux lectures"),
        ({"cout_total": "beaucoup"}, "cout_total", "pas un nombre"),
        ({"cout_total": "-1"}, "cout_total", "trop petit"),
        ({"cout_total_taxe": ""}, "cout_total_taxe", "HT ou TTC"),
        ({"assiette_eligible": "200000", "assiette_taxe": "ht"}, "assiette_eligible", "ne dépasse pas"),
        ({"debut": "2028-01-01"}, "fin", "doit suivre"),
        ({"debut": "31/02/2027"}, "debut", "calendrier"),
        ({"communes": ["75056"]}, "communes", "proposé"),
        ({"mesures": ["x"]}, "mesures", "proposé"),
        ({"emplois": "-3"}, "emplois", "trop petit"),
    ],
)
def test_seul_ce_qui_est_faux_est_refuse_a_son_champ(client, projet, champs, nom, message):
    envoyees = a_envoyer(lire(client, projet), contexte="Un texte à garder.", **champs)
    reponse = client.post(adresse(projet), envoyees)
    html = reponse.content.decode()
    assert f'href="#id_{nom}"' in html
    assert message in html
    assert "Un texte à garder." in html
    assert relire(projet).revision == projet.revision


def test_sans_montant_la_base_de_taxe_s_efface(client, projet):
    client.post(adresse(projet), a_envoyer(lire(client, projet), cout_total=""))
    assert (relire(projet).cout_total, relire(projet).cout_total_taxe) == (None, "")


def test_une_ligne_s_ajoute_se_change_et_se_supprime_sans_script(client, projet):
    champs = a_envoyer(lire(client, projet))
    (cle,) = champs["jalons"]
    champs |= {f"jalons-{cle}-titre": "Travaux", f"jalons-{cle}-prevu_le": "2027-01-01", "ajouter": "jalons"}
    reponse = client.post(adresse(projet), champs)
    assert reponse.url.endswith("?ligne=jalons#jalons")
    jalon = projet.jalons.get()
    assert (jalon.cle, jalon.titre) == (cle, "Travaux")
    encore = a_envoyer(lire(client, projet, "?ligne=jalons"))
    assert len(encore["jalons"]) == 2
    encore[f"jalons-{cle}-titre"] = "Gros œuvre"
    client.post(adresse(projet), encore)
    assert projet.jalons.get().titre == "Gros œuvre"
    client.post(adresse(projet), a_envoyer(lire(client, projet)) | {f"jalons-{cle}-supprimer": "on"})
    assert not projet.jalons.exists()


def test_une_ligne_fausse_est_refusee_et_rien_n_est_ecrit(client, projet):
    champs = a_envoyer(lire(client, projet), titre="Changé")
    (cle,) = champs["jalons"]
    html = client.post(adresse(projet), champs | {f"jalons-{cle}-titre": "Sans date"}).content.decode()
    assert f'href="#id_jalons-{cle}-prevu_le"' in html
    assert relire(projet).titre == projet.titre
    demain = (aujourdhui() + datetime.timedelta(days=2)).isoformat()
    dates = {f"jalons-{cle}-titre": "T", f"jalons-{cle}-prevu_le": demain, f"jalons-{cle}-atteint_le": demain}
    assert "est à venir" in client.post(adresse(projet), champs | dates).content.decode()


def test_deux_indicateurs_de_meme_nom_sont_refuses(client, projet):
    IndicateurFactory(projet=projet, nom="Emplois")
    champs = a_envoyer(lire(client, projet, "?ligne=indicateurs"))
    nouvelle = champs["indicateurs"][1]
    champs |= {f"indicateurs-{nouvelle}-nom": "Emplois", f"indicateurs-{nouvelle}-cible": "3"}
    assert "déjà un indicateur" in client.post(adresse(projet), champs).content.decode()
    assert projet.indicateurs.count() == 1


def test_la_ligne_d_un_autre_projet_ne_se_prend_pas_par_sa_cle(client, projet, voisin):
    ailleurs = JalonFactory(projet=ProjetFactory(territoire=voisin))
    volee = {f"jalons-{ailleurs.cle}-titre": "Volée", f"jalons-{ailleurs.cle}-prevu_le": "2027-01-01"}
    champs = a_envoyer(lire(client, projet)) | {"jalons": [ailleurs.cle]}
    client.post(adresse(projet), champs | volee)
    assert Jalon.objects.get(pk=ailleurs.pk).titre == ailleurs.titre
    assert projet.jalons.get().cle != ailleurs.cle


def test_qui_ne_voit_pas_les_montants_ne_les_ecrit_pas(client, projet):
    Projet.objects.filter(pk=projet.pk).update(montants_secrets=True, cout_total="987654.00")
    maire = f.ActeurFactory(territoire=projet.territoire, qualite=QualiteTerritoriale.MAIRE).personne
    client.force_login(maire)
    html = lire(client, projet)
    assert not re.search(r"987\s?654", html)
    forgees = {"cout_total": "1", "cout_total_taxe": "ht", "titre": "Changé"}
    client.post(adresse(projet), a_envoyer(html) | forgees)
    assert (relire(projet).titre, relire(projet).cout_total) == ("Changé", Decimal("987654.00"))


def test_une_fiche_transmise_ne_s_ecrit_plus(client, chef, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    assert client.get(adresse(projet)).status_code == client.post(adresse(projet), {}).status_code == 403


def test_les_communes_d_un_territoire_associe_se_proposent(chef, projet, voisin):
    commune = Couverture.objects.filter(inscription__territoire=voisin).values_list("commune", flat=True)[0]
    droits = {"redigeables_par"}
    assert commune not in Saisie(projet, droits).form.fields["communes"].objets
    projet.territoires_associes.add(voisin)
    assert commune in Saisie(projet, droits).form.fields["communes"].objets
    assert projet.territoire.slug not in Saisie(projet, droits).form.fields["territoires_associes"].objets


@pytest.mark.parametrize("combien", [2, 30])
def test_le_nombre_de_requetes_de_la_fiche_ne_suit_pas_ses_lignes(
    combien, client, projet, django_assert_max_num_queries
):
    for _ in range(combien):
        JalonFactory(projet=projet)
        IndicateurFactory(projet=projet)
    projet.mesures.set(Mesure.objects.all()[: combien // 2])
    with django_assert_max_num_queries(30):
        html = lire(client, projet)
    assert len(a_envoyer(html)["jalons"]) == combien


def test_le_territoire_le_plus_etendu_se_propose_en_entier(client, personnages):
    vosges = Territoire.objects.get(slug="vosges")
    client.force_login(f.ActeurFactory(territoire=vosges).personne)
    projet = ProjetFactory(territoire=vosges)
    assert lire(client, projet).count('name="communes"') > 400
