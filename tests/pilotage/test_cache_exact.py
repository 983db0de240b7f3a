"""No public page is ever stale: whatever it shows may change, by whatever path, the next answer tells."""

import datetime

import pytest
from simple_history.utils import bulk_update_with_history

from agences.models import Agence, Desserte
from comptes import pages_publiques
from comptes.models import Utilisateur
from pilotage.views.agences import D_UN_TERRITOIRE
from programme.enums import EtatProjet
from programme.models import (
    Besoin,
    ChiffreAnnonce,
    Contrat,
    Enveloppe,
    Exercice,
    Financement,
    Indicateur,
    Jalon,
    Mesure,
    Projet,
    Releve,
)
from territoires import perimetres, recherche
from territoires.models import (
    ActeurLocal,
    Appellation,
    Collectivite,
    Composition,
    Couverture,
    Departement,
    EtatTerritorial,
    Filiation,
    FondDeCarte,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    PiloteRegional,
    Rattachement,
    Region,
    Territoire,
)
from tests import factories as f
from tests.factories_agences import agence_de_dunkerque
from tests.factories_argent import ExerciceFactory, FinancementFactory, avancer
from tests.factories_comites import ContratFactory
from tests.factories_projets import JalonFactory, ReleveFactory, projet_en
from tests.pilotage import lecture

pytestmark = pytest.mark.django_db

CLE_DU_PROJET = "2345678923"
# Where each page shows something of the models it declares.
EXEMPLES = {
    "accueil": "/?liste=2022-12-31",
    "agence": "/agences/agence-de-dunkerque/",
    "agences": "/agences/",
    "carte": "/carte/?liste=2022-12-31",
    "commune": "/communes/59183/",
    "communes": "/communes/?q=saint-denis",
    "communes_suggestions": "/communes/suggestions/?q=dunkerq",
    "financements": "/financements/",
    "mesure": "/mesures/ATT-1/",
    "projet": f"/projets/{CLE_DU_PROJET}/",
    "projets": "/projets/",
    "projets_carte": "/projets/carte/",
    "mesures": "/mesures/",
    "sitemap": "/sitemap.xml",
    "territoire": "/territoires/dunkerque/",
    "territoires": "/territoires/?q=dunkerque",
}
PAGES = {nom: adresse.vue for nom, adresse in lecture.pages_publiques().items() if adresse.vue.modeles}

DUNKERQUE = {"inscription__liste__slug": "2022-12-31", "inscription__territoire__slug": "dunkerque"}
AUTREFOIS = datetime.date(2020, 1, 1)
EPCI = ({"code": "245900428"}, "nom", "CU d'essai")
# For each model: a row that the pages above show, and the field that people read there.
CHANGEMENTS = {
    Agence: ({"slug": "agence-de-dunkerque"}, "nom", "Agence d'essai"),
    Desserte: ({"agence__slug": "agence-de-dunkerque", "region": "32"}, "au", AUTREFOIS),
    Besoin: ({"code": "attirer"}, "nom", "Faire venir"),
    ChiffreAnnonce: ({"cle": "montant"}, "valeur", 2_000_000_000),
    Collectivite: ({"code": "59183"}, "nom", "Essai"),
    Composition: ({**DUNKERQUE, "collectivite__nom__startswith": "CU"}, "au", AUTREFOIS),
    Departement: ({"code": "59"}, "nom", "Nord-essai"),
    Enveloppe: ({"code": "PIC"}, "nom", "Plan d'essai"),
    Exercice: ({"enveloppe__code": "PIC"}, "ouvert_ae", 5_000_000),
    Financement: ({"enveloppe__code": "PIC"}, "enveloppe", lambda: Enveloppe.objects.get(code="BDT")),
    Filiation: ({"acte": "Essai"}, "acte", "Acte d'essai"),
    Indicateur: ({"projet__cle": CLE_DU_PROJET}, "nom", "Indicateur d'essai"),
    Contrat: ({"territoire__slug": "dunkerque"}, "signataires", "Signataire d'essai"),
    Jalon: ({"projet__cle": CLE_DU_PROJET}, "titre", "Étape d'essai"),
    Projet: ({"cle": CLE_DU_PROJET}, "titre", "Projet d'essai"),
    Releve: ({"indicateur__projet__cle": CLE_DU_PROJET}, "valeur", 7),
    Inscription: ({"liste__slug": "2022-12-31", "territoire__slug": "dunkerque"}, "nom", "Essai de Dunkerque"),
    Liste: ({"slug": "2022-12-31"}, "titre", "Liste d'essai"),
    Mesure: ({"code": "ATT-1"}, "titre", "Titre d'essai"),
    Perimetre: (DUNKERQUE, "population", 654_321),
    Phase: ({"numero": 1}, "nom", "Phase d'essai"),
    Rattachement: ({"commune": "59183", "au": None}, "au", AUTREFOIS),
    Region: ({"code": "32"}, "nom", "Région d'essai"),
    Territoire: ({"slug": "dunkerque"}, "slug", "dunkerque-essai"),
    ActeurLocal: ({"territoire__slug": "dunkerque"}, "nom_public", False),
    PiloteRegional: ({"region": "32"}, "au", AUTREFOIS),
    EtatTerritorial: ({"region": "32"}, "au", AUTREFOIS),
    Utilisateur: ({"email": "claude@exemple.example"}, "nom", "Renommée"),
}
# Whom « Qui pilote » shows.
DE_QUI_PILOTE = {ActeurLocal, PiloteRegional, EtatTerritorial, Utilisateur}
PARTICULIERS = {
    ("agence", Collectivite): EPCI,
    ("agences", Collectivite): EPCI,
    ("agences", Territoire): ({"slug": "dunkerque"}, "nom", "Dunkerque d'essai"),
    ("financements", Projet): ({"cle": CLE_DU_PROJET}, "montants_secrets", True),
    ("mesures", ChiffreAnnonce): ({"cle": "mesures"}, "valeur", 19),
    ("territoire", Territoire): ({"slug": "dunkerque"}, "nom", "Dunkerque d'essai"),
    ("mesure", Territoire): ({"slug": "dunkerque"}, "nom", "Dunkerque d'essai"),
    ("projets", Territoire): ({"slug": "dunkerque"}, "nom", "Dunkerque d'essai"),
}
# There the change above cannot be seen, and why: the page is the same, and the ETag too.
CHOISIT = "it only decides which list is in force, and the address names one"
REECRIT = "shown from a table written again with the map (see the last tests)"
MENE = "it only decides which region leads"
JOUR = "only the day of the last change is shown"
INVISIBLES = {
    ("agence", Phase): CHOISIT,
    ("agence", Perimetre): "only its regions and départements count",
    ("agence", Rattachement): "the rest of the area covers the same territories",
    **{("agences", m): "only the filter by region asks for it" for m in (Rattachement, *D_UN_TERRITOIRE)},
    ("sitemap", Agence): JOUR,
    ("sitemap", Desserte): JOUR,
    ("territoire", Rattachement): "it only counts for the agencies of an EPCI",
    ("accueil", Phase): CHOISIT,
    ("accueil", Collectivite): REECRIT,
    ("accueil", Mesure): "only their number is shown",
    ("carte", Phase): CHOISIT,
    ("carte", Collectivite): REECRIT,
    ("commune", Perimetre): "only its outline counts, for the distance",
    ("communes", Collectivite): REECRIT,
    ("communes", Departement): REECRIT,
    ("communes_suggestions", Collectivite): REECRIT,
    ("communes_suggestions", Departement): REECRIT,
    ("financements", Phase): "it only orders the envelopes",
    **{
        ("financements", modele): "only other ways to present the amounts ask for it"
        for modele in (Besoin, Mesure, Region, Territoire)
    },
    ("mesures", Phase): "it only orders the needs",
    ("projet", Inscription): MENE,
    ("projet", Liste): MENE,
    ("projets", Inscription): "only the filter by region asks for it",
    ("projets", Liste): "only the filter by region asks for it",
    ("projets", Perimetre): "only the filter by region asks for it",
    ("projets", Jalon): "only the filter « en retard » asks for it",
    ("projets", Phase): "it only orders the needs",
    ("projets_carte", Projet): "only their number is shown",
    ("projets_carte", Perimetre): "only its outline is shown",
    **{
        ("projets_carte", modele): "only a filter asks for it" for modele in (Besoin, Mesure, Jalon, Departement, Phase)
    },
    ("sitemap", Composition): JOUR,
    ("sitemap", Inscription): JOUR,
    ("sitemap", Mesure): JOUR,
    ("sitemap", Projet): JOUR,
    ("territoire", Phase): "it only decides which list is in force: still the same",
    ("territoires", Phase): "it only decides which list is in force: still the same",
}


@pytest.fixture(autouse=True)
def stable(monkeypatch):
    """On PostgreSQL nothing is kept while a transaction writes, and each test is one: here it may be."""
    monkeypatch.setattr(pages_publiques, "en_ecriture", lambda modeles: False)


@pytest.fixture(autouse=True)
def contours_relus():
    recherche._contours_gardes.clear()


@pytest.fixture
def lire(client, settings):
    """Return a function that reads a page: (content, ETag), from the cache whenever it may."""

    def lire_page(adresse):
        reponse = client.get(adresse)
        assert reponse.status_code == 200, adresse
        return reponse.content, reponse["ETag"]

    return lire_page


@pytest.fixture
def lire_sans_cache(client, settings):
    def lire_page(adresse):
        settings.DUREE_CACHE_PAGES = 0
        contenu = client.get(adresse).content
        settings.DUREE_CACHE_PAGES = 3600
        return contenu

    return lire_page


def _montrer_un_projet():
    projet = projet_en(
        EtatProjet.INSCRIT,
        mesures=[Mesure.objects.get(code="ATT-1")],
        cle=CLE_DU_PROJET,
        territoire=Territoire.objects.get(slug="dunkerque"),
    )
    projet.communes.add("59183")
    JalonFactory(projet=projet)
    ReleveFactory(indicateur__projet=projet)


def _montrer_de_l_argent():
    projet = Projet.objects.get(cle=CLE_DU_PROJET)
    pic = Enveloppe.objects.get(code="PIC")
    ExerciceFactory(enveloppe=pic, annee=2025, ouvert_ae=1_000_000)
    avancer(FinancementFactory(projet=projet, enveloppe=pic), "attribuer")


def ligne(modele, nom=""):
    """Return the row to change, and how."""
    cle, champ, valeur = PARTICULIERS.get((nom, modele), CHANGEMENTS[modele])
    if modele in DE_QUI_PILOTE:
        personne = f.UtilisateurFactory(email="claude@exemple.example", nom="Visible")
        territoire = Territoire.objects.get(slug="dunkerque")
        f.ActeurFactory(territoire=territoire, personne=personne, qualite="elu_referent", nom_public=True, du=AUTREFOIS)
        f.PiloteFactory(region_id="32", du=AUTREFOIS)
        f.EtatFactory(region_id="32", du=AUTREFOIS)
    if nom in ("projet", "projets", "projets_carte", "mesure", "financements") or modele is Projet:
        _montrer_un_projet()
    if nom in ("financements", "projet"):
        _montrer_de_l_argent()
    if nom in ("agence", "agences", "sitemap"):
        agence_de_dunkerque()
    elif modele in (Agence, Desserte):
        agence_de_dunkerque("region")
    if modele is Contrat:
        ContratFactory(territoire=Territoire.objects.get(slug="dunkerque"))
    if modele is Filiation:
        origine = Territoire.objects.get(slug="dunkerque")
        f.FiliationFactory(origine=origine, acte="Essai")
    return modele.objects.filter(**cle).first(), champ, valeur() if callable(valeur) else valeur


PAIRES = [(nom, modele) for nom, vue in sorted(PAGES.items()) for modele in vue.modeles]


@pytest.mark.parametrize(("nom", "modele"), PAIRES, ids=lambda cas: getattr(cas, "__name__", cas))
def test_la_page_suit_chacun_des_modeles_qu_elle_declare(nom, modele, lire, lire_sans_cache):
    objet, champ, valeur = ligne(modele, nom)
    avant, etag = lire(EXEMPLES[nom])
    assert lire(EXEMPLES[nom]) == (avant, etag)
    setattr(objet, champ, valeur)
    objet.save()
    apres, nouvel_etag = lire(EXEMPLES[nom])
    assert apres == lire_sans_cache(EXEMPLES[nom])
    assert (apres != avant) == (nouvel_etag != etag)
    assert (apres != avant) == ((nom, modele) not in INVISIBLES)


def test_chaque_page_et_chaque_modele_ont_leur_exemple():
    assert set(PAGES) == set(EXEMPLES)
    assert {modele for _, modele in PAIRES} == set(CHANGEMENTS)


# A page that shows each model, for the paths that do not go through `save`.
VITRINES = {
    Besoin: "mesures",
    ChiffreAnnonce: "financements",
    Collectivite: "commune",
    Composition: "territoire",
    Departement: "commune",
    Enveloppe: "financements",
    Filiation: "territoire",
    Inscription: "territoires",
    Liste: "territoires",
    Mesure: "mesures",
    Perimetre: "territoires",
    Phase: "mesure",
    Rattachement: "commune",
    Region: "territoires",
    Territoire: "territoire",
}


@pytest.mark.parametrize("modele", VITRINES, ids=lambda modele: modele.__name__)
def test_un_changement_en_lot_se_voit(modele, lire, lire_sans_cache):
    objet, champ, valeur = ligne(modele, VITRINES[modele])
    adresse = EXEMPLES[VITRINES[modele]]
    avant = lire(adresse)
    setattr(objet, champ, valeur)
    bulk_update_with_history([objet], modele, [champ])
    apres = lire(adresse)
    assert apres[0] == lire_sans_cache(adresse)
    assert apres[0] != avant[0]
    assert apres[1] != avant[1]


# A row that nothing refers to, and where it shows.
AJOUTS = {
    Besoin: (f.BesoinFactory, "/mesures/"),
    ChiffreAnnonce: (lambda: ChiffreAnnonce.objects.get(cle="mesures"), "/mesures/"),
    Composition: (lambda: f.CompositionFactory(inscription=_inscription()), "/territoires/dunkerque/"),
    Departement: (f.DepartementFactory, "/territoires/"),
    Enveloppe: (f.EnveloppeFactory, "/financements/"),
    Filiation: (lambda: f.FiliationFactory(origine=_inscription().territoire), "/territoires/dunkerque/"),
    Inscription: (
        lambda: f.InscriptionFactory(liste=_inscription().liste, nom="Dunkerque-essai"),
        "/territoires/?q=dunk",
    ),
    Liste: (f.ListeFactory, "/territoires/"),
    Mesure: (f.MesureFactory, "/mesures/"),
    Perimetre: (lambda: f.PerimetreFactory(inscription__liste=_inscription().liste), "/carte/"),
    Rattachement: (lambda: f.RattachementFactory(commune_id="59183", commune=None), "/communes/59183/"),
    Territoire: (f.TerritoireFactory, "/sitemap.xml"),
}


def _inscription():
    return Inscription.objects.get(liste__slug="2022-12-31", territoire__slug="dunkerque")


@pytest.mark.parametrize("modele", AJOUTS, ids=lambda modele: modele.__name__)
@pytest.mark.parametrize("voie", ["objet", "lot"])
def test_une_suppression_se_voit(modele, voie, lire, lire_sans_cache):
    ajouter, adresse = AJOUTS[modele]
    objet = ajouter()
    avant = lire(adresse)
    if voie == "objet":
        objet.delete()
    else:
        modele.objects.filter(pk=objet.pk).delete()
    apres = lire(adresse)
    assert apres[0] == lire_sans_cache(adresse)
    assert apres != avant


# --- Tables without a history of their own: written again with rows that have one


def test_une_liste_appliquee_de_nouveau_change_les_pages_de_ses_communes(lire, lire_sans_cache, monkeypatch):
    """« Couverture » and the relations of a perimeter have no history: their perimeter does."""
    monkeypatch.setattr(perimetres, "lire_contours", lambda chemin, jour=None: {})
    inscription = f.InscriptionFactory(liste__date="2022-12-30", liste__phase=Phase.objects.get(numero=1))
    f.CompositionFactory(inscription=inscription, collectivite_id="75056", collectivite=None)
    avant = lire("/communes/75056/")
    perimetres.appliquer(inscription.liste)
    assert Couverture.objects.filter(inscription=inscription).exists()
    assert lire("/communes/75056/")[0] == lire_sans_cache("/communes/75056/") != avant[0]


def test_une_region_publiee_ajoutee_se_voit(lire, lire_sans_cache):
    avant = lire("/territoires/dunkerque/")
    _inscription().regions.add("76")
    apres = lire("/territoires/dunkerque/")
    assert apres[0] == lire_sans_cache("/territoires/dunkerque/") != avant[0]


@pytest.mark.parametrize("adresse", ["/communes/?q=saint-denis", "/communes/suggestions/?q=dunkerq", "/", "/carte/"])
def test_les_noms_et_les_fonds_de_carte_suivent_la_carte_administrative(adresse, lire, lire_sans_cache):
    """`charger_reference` writes them in the transaction that writes the communes: one history for all."""
    avant = lire(adresse)
    commune = Collectivite.objects.get(code="59183")
    commune.nom = "Dunkerque-essai"
    commune.save()
    Appellation.objects.filter(commune="59183").update(nom="Dunkerque-essai")
    Appellation.objects.filter(commune="93066").update(nom="Saint-Denis-essai")
    FondDeCarte.objects.update(trace="M0 0l9 0 0 9z")
    apres = lire(adresse)
    assert apres[0] == lire_sans_cache(adresse) != avant[0]


# --- The calendar, the release, and who reads


def test_ce_qui_est_garde_ne_sert_qu_une_fois_par_version(lire, django_assert_num_queries):
    lire("/mesures/")
    with django_assert_num_queries(1):
        lire("/mesures/")
    pages_publiques.cache.clear()
    with django_assert_num_queries(4):
        lire("/mesures/")


def test_un_navigateur_qui_a_la_page_d_avant_recoit_la_nouvelle(client):
    reponse = client.get("/mesures/")
    entetes = {"if-none-match": reponse["ETag"]}
    assert client.get("/mesures/", headers=entetes).status_code == 304
    Mesure.objects.get(code="ATT-1").delete()
    assert client.get("/mesures/", headers=entetes).status_code == 200
