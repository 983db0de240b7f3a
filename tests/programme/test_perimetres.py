"""Perimeter requests: from the deliberations to the list in force."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.acces import aujourdhui
from comptes.models import Courrier
from comptes.parcours import TransitionImpossible, TransitionIncomplete, TransitionInterdite, passer
from pilotage import a_faire
from programme import perimetres
from programme.enums import EtatDemande, SensDePerimetre
from programme.models import DeliberationDePerimetre, DemandeDePerimetre, PassageDePerimetre
from programme.perimetres import inscription_de, liste_du_jour
from territoires.models import Collectivite, Composition, Couverture, Inscription
from tests.factories_comites import ComiteFactory
from tests.factories_perimetres import AVIS, DeliberationFactory, DemandeFactory, demande_en, document_de
from tests.factories_pieces import PDF
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
LE = datetime.date(2026, 6, 1)


def hors_liste():
    """Return a group of communes of the region, none of which is in a territory of the list in force."""
    liste = liste_du_jour()
    prises = set(Couverture.objects.filter(liste=liste).values_list("commune", flat=True))
    membres = set(Composition.objects.filter(inscription__liste=liste).values_list("collectivite", flat=True))
    groupements = Collectivite.objects.groupements().actuelles().filter(du=None).exclude(pk__in=membres)
    for groupement in groupements.filter(code__startswith="2480").order_by("pk"):
        siennes = set(groupement.rattachements_membres.filter(au=None).values_list("commune", flat=True))
        if siennes and not siennes & prises:
            return groupement
    raise AssertionError("Toutes les communes sont dans la liste.")


@pytest.fixture
def libre(reference):
    return hors_liste()


@pytest.fixture
def membre(territoire):
    inscription = Inscription.objects.get(territoire=territoire, liste=liste_du_jour())
    return inscription.compositions.order_by("pk").first().collectivite


@pytest.fixture
def sans_calcul(monkeypatch):
    """The outlines take seconds: one test computes them."""
    faits = []
    monkeypatch.setattr(perimetres, "appliquer", faits.append)
    return faits


def adresse(nom, demande, *suite):
    return reverse(nom, args=[demande.cle, *suite])


# --- Who, and in which order


def test_le_chef_demande_joint_la_deliberation_et_transmet(client, personnages, territoire, libre):
    client.force_login(personnages["chef de projet"])
    nouveau = f"{reverse('perimetre_nouveau')}?territoire={territoire.slug}"
    assert f"{libre.nom} ({libre.code})" in client.get(nouveau).text
    envoi = {"sens": "entree", "collectivite": f"{libre.nom} ({libre.code})", "raison": ""}
    client.post(nouveau, envoi)
    demande = DemandeDePerimetre.objects.get()
    assert (demande.collectivite, demande.etat, demande.saisi_par) == (
        libre,
        "brouillon",
        personnages["chef de projet"],
    )
    mots = Page(client.get(demande.get_absolute_url())).mots
    assert "La raison de la demande" in mots
    assert "Il manque encore" in Page(client.get(adresse("perimetre_etape", demande, "transmettre"))).mots
    client.post(
        adresse("perimetre_modifier", demande), envoi | {"raison": "Un même bassin.", "collectivite": libre.code}
    )
    fichier = SimpleUploadedFile("délibération.pdf", PDF, "text/html")
    deliberation = {"collectivite": libre.code, "numero": "2026-12", "date": "12/01/2026", "fichier": fichier}
    assert client.post(adresse("perimetre_deliberer", demande), deliberation).status_code == 302
    assert demande.deliberations.get().documents.get().nom_servi == "délibération.pdf"
    client.post(adresse("perimetre_etape", demande, "transmettre"))
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.TRANSMISE
    assert demande.transmise_le
    assert {une.destinataire_id for une in Courrier.objects.filter(genre="perimetres")} == {
        personnages["pilote"].pk,
        personnages["agent instructeur"].pk,
    }
    assert client.post(adresse("perimetre_modifier", demande), envoi).status_code == 403
    assert client.post(adresse("perimetre_deliberer", demande), deliberation).status_code == 403


def test_le_pilote_note_l_avis_du_comite_et_l_equipe_nationale_inscrit(
    client, personnages, territoire, libre, sans_calcul
):
    demande = demande_en(EtatDemande.TRANSMISE, territoire=territoire, collectivite=libre)
    comite = ComiteFactory(region_id=PILOTE)
    client.force_login(personnages["pilote"])
    etape = adresse("perimetre_etape", demande, "rendre-avis")
    avis = {"avis": "reserve", "autorite": "comite_regional", "date": "02/03/2026", "comite": comite.cle}
    page = Page(client.post(etape, avis))
    assert "un avis réservé ou défavorable a un motif" in page.mots
    assert client.post(etape, avis | {"motif": "À phaser."}).status_code == 302
    passage = PassageDePerimetre.objects.get(avis="reserve")
    assert (passage.comite, passage.motif, passage.saisie_par) == (comite, "À phaser.", personnages["pilote"])
    assert client.get(adresse("perimetre_etape", demande, "inscrire")).status_code == 403
    client.force_login(personnages["administrateur"])
    etape = adresse("perimetre_etape", demande, "inscrire")
    assert client.post(etape, {"effet_le": "01/06/2026"}).url == demande.get_absolute_url()
    demande.refresh_from_db()
    assert (demande.etat, demande.effet_le, demande.liste) == (EtatDemande.INSCRITE, LE, liste_du_jour())
    entree = Composition.objects.get(collectivite=libre, inscription=inscription_de(demande))
    assert (entree.du, entree.au) == (LE, None)
    premiere = entree.historique.get()
    assert premiere.history_user == personnages["administrateur"]
    assert "demande de périmètre" in premiere.history_change_reason
    assert sans_calcul == [liste_du_jour()]
    mots = Page(client.get(demande.get_absolute_url())).mots
    assert "à compter du 1er juin 2026" in mots
    assert "Avis réservé" in mots


def test_le_nouveau_membre_est_sur_la_page_publique_depuis_son_jour_pas_avant(client, territoire, libre, personnages):
    """The one test that computes the outlines."""
    adresse_publique = territoire.get_absolute_url()
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    assert libre.nom not in client.get(adresse_publique).text
    avant = inscription_de(demande).perimetre.nb_communes
    perimetres.inscrire(demande, personnages["administrateur"], LE)
    assert f"{libre.nom} (depuis le 1er juin 2026)" in Page(client.get(adresse_publique)).mots
    assert inscription_de(demande).perimetre.nb_communes > avant


def test_un_membre_sort_et_reste_ecrit_avec_sa_fin(territoire, membre, personnages, sans_calcul):
    demande = demande_en(
        EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=membre, sens=SensDePerimetre.SORTIE
    )
    sienne = Composition.objects.get(collectivite=membre, inscription=inscription_de(demande))
    perimetres.inscrire(demande, personnages["administrateur"], LE)
    sienne.refresh_from_db()
    assert (sienne.du, sienne.au) == (None, datetime.date(2026, 5, 31))


def test_une_entree_a_venir_attend_son_jour(territoire, libre, personnages, sans_calcul):
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    le = aujourdhui() + datetime.timedelta(days=30)
    perimetres.inscrire(demande, personnages["administrateur"], le)
    assert Composition.objects.get(collectivite=libre, inscription=inscription_de(demande)).du == le
    assert sans_calcul == []


# --- What is refused, in words; nothing is then written


def refuse(demande, par, le, exception=TransitionImpossible):
    avant = Composition.historique.count()
    with pytest.raises(exception) as refus:
        perimetres.inscrire(demande, par, le)
    demande = DemandeDePerimetre.objects.get(pk=demande.pk)
    assert (demande.etat, demande.effet_le) == (EtatDemande.AVIS_RENDU, None)
    assert Composition.historique.count() == avant
    return str(refus.value)


def test_une_intercommunalite_d_un_autre_territoire_n_entre_pas(territoire, voisin, personnages, sans_calcul):
    autre = Inscription.objects.get(territoire=voisin, liste=liste_du_jour()).compositions.first().collectivite
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=autre)
    message = refuse(demande, personnages["administrateur"], LE)
    assert voisin.nom in message
    assert "sa sortie s'y inscrit d'abord" in message


def test_sortie_un_jour_et_entree_ailleurs_le_lendemain(territoire, voisin, personnages, sans_calcul):
    autre = Inscription.objects.get(territoire=voisin, liste=liste_du_jour()).compositions.first().collectivite
    Composition.objects.filter(collectivite=autre, inscription__liste=liste_du_jour()).update(au=LE)
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=autre)
    refuse(demande, personnages["administrateur"], LE)
    perimetres.inscrire(demande, personnages["administrateur"], LE + datetime.timedelta(days=1))


def test_des_communes_d_un_autre_territoire_n_entrent_pas(territoire, libre, voisin, personnages, sans_calcul):
    """By another group of communes, or one by one: the list has them once."""
    commune = libre.rattachements_membres.filter(au=None).first().commune
    autre = Inscription.objects.get(territoire=voisin, liste=liste_du_jour())
    Composition.objects.create(inscription=autre, collectivite=commune)
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    assert commune.nom in refuse(demande, personnages["administrateur"], LE)
    Composition.objects.filter(collectivite=commune).update(du=aujourdhui() + datetime.timedelta(days=90))
    assert commune.nom in refuse(demande, personnages["administrateur"], LE)


def test_ce_que_refuse_la_base_se_dit_aussi(territoire, libre, personnages, monkeypatch):
    def refuser(liste):
        raise IntegrityError("territoires_couverture_un_territoire_par_commune")

    monkeypatch.setattr(perimetres, "appliquer", refuser)
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    assert "dans deux territoires" in refuse(demande, personnages["administrateur"], LE)


@pytest.mark.parametrize(
    ("le", "mots"),
    [(datetime.date(2010, 1, 1), "choisissez un jour qui la suit"), (datetime.date(2090, 1, 1), "plus d'un an")],
)
def test_le_jour_est_de_la_liste_et_proche(territoire, libre, personnages, sans_calcul, le, mots):
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    assert mots in refuse(demande, personnages["administrateur"], le, ValidationError)


def test_le_dernier_membre_ne_sort_pas(territoire, membre, personnages, sans_calcul):
    Composition.objects.filter(inscription__territoire=territoire).exclude(collectivite=membre).delete()
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=membre, sens="sortie")
    assert "au moins un membre" in refuse(demande, personnages["administrateur"], LE)


def test_qui_n_est_pas_membre_ne_sort_pas_et_qui_l_est_n_entre_pas(territoire, membre, libre, personnages, sans_calcul):
    sortie = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre, sens="sortie")
    assert "n'est pas membre" in refuse(sortie, personnages["administrateur"], LE)
    entree = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=membre)
    assert "est déjà membre" in refuse(entree, personnages["administrateur"], LE)


def test_le_moteur_seul_n_inscrit_rien(territoire, libre, personnages):
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=libre)
    with pytest.raises(TransitionImpossible, match="à compter d'un jour dit"):
        passer(demande, "inscrire", personnages["administrateur"])


def test_une_demande_incomplete_ne_se_transmet_pas(territoire, libre, personnages):
    demande = DemandeFactory(territoire=territoire, collectivite=libre, raison=" ")
    DeliberationFactory(demande=demande, collectivite=Collectivite.objects.groupements().exclude(pk=libre.pk).first())
    with pytest.raises(TransitionIncomplete) as refus:
        passer(demande, "transmettre", personnages["chef de projet"])
    assert [manque.champ for manque in refus.value.manques] == ["raison", "deliberations"]


@pytest.mark.parametrize(
    "nom", ["lecture", "porteur", "équipe voisine", "pilote d'une région associée", "État territorial", "analyste"]
)
def test_les_autres_ne_transmettent_pas_et_ne_rendent_pas_d_avis(nom, territoire, personnages):
    with pytest.raises(TransitionInterdite):
        passer(demande_en(EtatDemande.BROUILLON, territoire=territoire), "transmettre", personnages[nom])
    with pytest.raises(TransitionInterdite):
        passer(demande_en(EtatDemande.TRANSMISE, territoire=territoire), "rendre-avis", personnages[nom], **AVIS)


def test_le_pilote_qui_a_saisi_la_demande_n_en_note_pas_l_avis(client, territoire, personnages):
    demande = demande_en(EtatDemande.TRANSMISE, territoire=territoire, saisi_par=personnages["pilote"])
    with pytest.raises(TransitionInterdite, match="vous avez saisi ou transmis"):
        passer(demande, "rendre-avis", personnages["pilote"], **AVIS)
    client.force_login(personnages["pilote"])
    page = Page(client.get(adresse("perimetre_etape", demande, "rendre-avis")))
    assert "Vous avez saisi ou transmis cette demande" in page.mots


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "analyste"])
def test_seul_un_administrateur_inscrit_ou_refuse(nom, territoire, personnages):
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire)
    for transition in ("inscrire", "refuser"):
        with pytest.raises(TransitionInterdite):
            passer(demande, transition, personnages[nom], motif="Un motif.")


def test_l_etat_ne_voit_pas_une_demande_en_preparation(territoire, personnages):
    visibles = DemandeDePerimetre.objects.visibles_par(personnages["État territorial"])
    demande_en(EtatDemande.BROUILLON, territoire=territoire)
    transmise = demande_en(EtatDemande.TRANSMISE, territoire=territoire)
    assert list(visibles) == [transmise]


def test_une_demande_deja_ouverte_se_dit_au_champ(client, territoire, libre, membre, personnages):
    demande_en(EtatDemande.TRANSMISE, territoire=territoire, collectivite=libre)
    client.force_login(personnages["chef de projet"])
    nouveau = f"{reverse('perimetre_nouveau')}?territoire={territoire.slug}"
    for sens, quoi, mots in (
        ("entree", libre.code, "est déjà ouverte"),
        ("entree", membre.code, "est déjà membre"),
        ("sortie", libre.code, "rien n'en sort"),
        ("entree", "Nulle part", "n'est pas connue"),
    ):
        assert mots in Page(client.post(nouveau, {"sens": sens, "collectivite": quoi})).mots
    assert DemandeDePerimetre.objects.count() == 1


def test_une_deliberation_se_retire_tant_que_rien_n_est_transmis(client, territoire, personnages):
    client.force_login(personnages["chef de projet"])
    brouillon = demande_en(EtatDemande.BROUILLON, territoire=territoire)
    document_de(brouillon.deliberations.get())
    assert client.post(adresse("deliberation_retirer", brouillon, brouillon.deliberations.get().cle)).status_code == 302
    assert not brouillon.deliberations.exists()
    transmise = demande_en(EtatDemande.TRANSMISE, territoire=territoire)
    assert client.post(adresse("deliberation_retirer", transmise, transmise.deliberations.get().cle)).status_code == 403
    assert transmise.deliberations.exists()


@pytest.mark.parametrize(("nom", "mots"), [("collectivite", "ni membre du territoire"), ("date", "à venir")])
def test_une_deliberation_est_d_une_concernee_et_deja_prise(client, territoire, personnages, libre, nom, mots):
    demande = DemandeFactory(territoire=territoire, collectivite=libre)
    client.force_login(personnages["chef de projet"])
    envoi = {"collectivite": libre.code, "numero": "1", "date": "2026-01-12"}
    ailleurs = Collectivite.objects.groupements().actuelles().filter(departement=None).exclude(pk=libre.pk).last()
    faux = {"collectivite": ailleurs.code, "date": "2099-01-01"}
    assert mots in Page(client.post(adresse("perimetre_deliberer", demande), envoi | {nom: faux[nom]})).mots
    assert not DeliberationDePerimetre.objects.exists()


# --- À faire


def phrases(personne):
    dites = [tache.phrase for groupe in a_faire.groupes(personne) for tache in groupe.taches]
    assert a_faire.nombre(personne) == len(dites)
    return [phrase for phrase in dites if "périmètre" in phrase]


@pytest.mark.parametrize(
    ("etat", "qui"),
    [
        (EtatDemande.BROUILLON, {"chef de projet"}),
        (EtatDemande.TRANSMISE, {"pilote", "agent instructeur"}),
        (EtatDemande.AVIS_RENDU, {"administrateur"}),
        (EtatDemande.REFUSEE, set()),
        (EtatDemande.RETIREE, set()),
    ],
)
def test_a_faire_le_dit_a_qui_est_attendu(etat, qui, territoire, personnages):
    demande_en(etat, territoire=territoire)
    assert {nom for nom, personne in personnages.items() if personne and phrases(personne)} == qui


@pytest.mark.parametrize("page", ["liste", "fiche"])
def test_trente_lignes_ne_coutent_pas_plus_que_deux(client, territoire, personnages, page):
    client.force_login(personnages["chef de projet"])
    demande = demande_en(EtatDemande.BROUILLON, territoire=territoire)

    def compter(nombre):
        for _ in range(nombre):
            if page == "liste":
                demande_en(EtatDemande.RETIREE, territoire=territoire)
            else:
                document_de(DeliberationFactory(demande=demande))
        ou = reverse("perimetres") if page == "liste" else demande.get_absolute_url()
        client.get(ou)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(ou).status_code == 200
        return len(requetes)

    deux = compter(2)
    assert compter(28) == deux
    assert deux <= 14


# --- Where they are read


LIENS_DU_MENU = {
    "lecture": True,
    "pilote d'une région associée": True,
    "État territorial": True,
    "auditeur": True,
    "porteur": False,
    "sans habilitation": False,
}


def test_le_menu_y_mene_qui_peut_en_lire(client, personnages):
    for nom, oui in LIENS_DU_MENU.items():
        client.force_login(personnages[nom])
        assert (f'href="{reverse("perimetres")}">Périmètres</a>' in client.get(reverse("compte")).text) == oui, nom


@pytest.mark.parametrize(
    ("etat", "mots", "lien"),
    [
        (EtatDemande.BROUILLON, "L'équipe du territoire joint les délibérations", None),
        (EtatDemande.TRANSMISE, "La région porte la demande à son comité", None),
        (EtatDemande.AVIS_RENDU, "L'équipe nationale inscrit la demande dans la liste en vigueur", None),
        (EtatDemande.REFUSEE, "Le périmètre ne change pas", "Faire une nouvelle demande pour ce territoire"),
        (EtatDemande.RETIREE, "Le périmètre ne change pas", "Faire une nouvelle demande pour ce territoire"),
    ],
)
def test_chaque_etat_dit_ce_qui_suit(client, personnages, territoire, etat, mots, lien):
    demande = demande_en(etat, territoire=territoire)
    client.force_login(personnages["auditeur"])
    page = Page(client.get(demande.get_absolute_url()))
    assert mots in page.mots
    assert lien is None or lien in page.liens
    assert "est attendue" not in page.mots
