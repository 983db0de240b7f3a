"""The reference: real, loaded as often as one likes, respectful of what people wrote since."""

import dataclasses
import io
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

import programme.reference
import territoires.reference
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from territoires import perimetres, recherche
from territoires.enums import Fiabilite
from territoires.models import (
    Appellation,
    Collectivite,
    Composition,
    Couverture,
    Departement,
    FondDeCarte,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Rattachement,
    Region,
    Territoire,
)
from territoires.reference import Bilan, synchroniser
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def derives(monkeypatch):
    """What is recomputed when the map changes, called in vain: names of the functions, in order."""
    appels = []
    monkeypatch.setattr(recherche, "reconstruire_appellations", lambda noms: appels.append("appellations"))
    monkeypatch.setattr(perimetres, "tracer_regions", lambda: appels.append("regions"))
    monkeypatch.setattr(perimetres, "appliquer", lambda liste: appels.append(liste.slug))
    return appels


TOUT = ["appellations", "regions", "2018-11-22", "2022-12-31"]


def historiques():
    """Return {model: number of rows of history} for every model that has one."""
    modeles = [m for piece in ("territoires", "programme") for m in apps.get_app_config(piece).get_models()]
    return {m.__name__: m.historique.count() for m in modeles if hasattr(m, "historique")}


def test_charger_une_seconde_fois_ne_change_rien(derives):
    avant = historiques()
    with CaptureQueriesContext(connection) as requetes:
        bilans = {**territoires.reference.charger(), **programme.reference.charger()}
    assert all((bilan.crees, bilan.modifies) == (0, 0) for bilan in bilans.values()), bilans
    assert all(bilan.inchanges for bilan in bilans.values())
    assert historiques() == avant
    assert derives == []
    assert len(requetes) <= 30


def test_la_commande_dit_ce_qu_elle_a_fait(derives):
    Mesure.objects.get(code="ATT-6").delete()
    sortie = io.StringIO()
    call_command("charger_reference", stdout=sortie)
    lignes = sortie.getvalue().replace("\u202f", " ").splitlines()
    assert "Régions : 0 créés, 0 modifiés, 18 inchangés" in lignes
    assert "Mesures : 1 créés, 0 modifiés, 17 inchangés" in lignes
    assert len(lignes) == 10


def test_une_commune_qui_a_change_est_mise_a_jour_avec_son_historique(derives):
    commune = Collectivite.objects.get(code="59183")
    commune.nom, commune.population = "Dunkerque-ancienne", 1
    commune.save()
    bilan = territoires.reference.charger()["collectivités"]
    commune.refresh_from_db()
    assert (commune.nom, commune.population > 80_000) == ("Dunkerque", True)
    assert (bilan.crees, bilan.modifies) == (0, 1)
    dernier = commune.historique.first()
    assert (dernier.history_type, dernier.nom) == ("~", "Dunkerque")
    # Names, outlines and perimeters follow the map.
    assert derives == TOUT


def test_une_commune_qui_manque_est_ajoutee(derives):
    """The rows that it needs stay: a commune that nothing refers to is taken away."""
    seule = Collectivite.objects.get(code="22016")
    seule.delete()
    bilan = territoires.reference.charger()["collectivités"]
    assert (bilan.crees, bilan.modifies) == (1, 0)
    assert Collectivite.objects.filter(pk="22016").exists()
    assert derives == TOUT


def test_ce_que_le_fichier_ne_nomme_pas_reste(derives):
    ajoutee = f.CommuneFactory()
    territoires.reference.charger()
    assert Collectivite.objects.filter(pk=ajoutee.pk).exists()


def test_une_liste_n_est_pas_refaite_quand_quelqu_un_l_a_modifiee(derives):
    inscription = Inscription.objects.filter(liste__slug="2018-11-22").first()
    inscription.fiabilite, inscription.nom = Fiabilite.CONFIRME, "Corrigé par quelqu'un"
    inscription.save()
    inscription.compositions.all().delete()
    Inscription.objects.filter(liste__slug="2018-11-22").last().compositions.all().delete()
    territoires.reference.charger()
    inscription.refresh_from_db()
    assert inscription.nom == "Corrigé par quelqu'un"
    assert not inscription.compositions.exists()


def test_une_liste_absente_est_chargee_avec_ses_membres_et_appliquee(derives):
    liste = Liste.objects.get(slug="2018-11-22")
    avant = membres(liste)
    Couverture.objects.filter(liste=liste).delete()
    Inscription.objects.filter(liste=liste).delete()
    liste.delete()
    bilan = territoires.reference.charger()["inscriptions"]
    assert (bilan.crees, bilan.inchanges) == (124, 149)
    assert membres(Liste.objects.get(slug="2018-11-22")) == avant
    assert derives == ["2018-11-22"]
    assert Territoire.objects.get(code="ti-4411").slug == "val-et-terres-de-lorraine"


def membres(liste):
    lignes = Composition.objects.filter(inscription__liste=liste)
    return set(lignes.values_list("inscription__code", "inscription__nom", "inscription__region", "collectivite"))


ECRITS = [
    (Mesure, {"code": "ATT-1"}, "titre", "Intitulé retrouvé au Journal officiel"),
    (Besoin, {"code": "attirer"}, "description", "Autre"),
    (Enveloppe, {"code": "PIC"}, "montant_annonce", Decimal("1.00")),
    (ChiffreAnnonce, {"cle": "territoires"}, "valeur", Decimal("125.00")),
    (Phase, {"numero": 1}, "nom", "Première phase"),
]


def test_ce_que_quelqu_un_a_ecrit_n_est_pas_ecrase(derives):
    for modele, cle, champ, valeur in ECRITS:
        objet = modele.objects.get(**cle)
        setattr(objet, champ, valeur)
        objet.save()
    territoires.reference.charger()
    programme.reference.charger()
    for modele, cle, champ, valeur in ECRITS:
        objet = modele.objects.get(**cle)
        assert getattr(objet, champ) == valeur
        assert objet.historique.count() == 2
    assert derives == []


def test_une_mesure_supprimee_par_erreur_revient():
    Mesure.objects.get(code="INN-5").delete()
    bilan = programme.reference.charger()["mesures"]
    assert (bilan.crees, bilan.inchanges) == (1, 17)


class TestSynchroniser:
    """On two rows, whatever the model."""

    LIGNES = ({"code": "YY", "nom": "Un"}, {"code": "YZ", "nom": "Deux"})

    def test_cree_avec_un_historique(self):
        assert synchroniser(Region, ["code"], self.LIGNES) == Bilan(crees=2)
        assert Region.objects.get(code="YY").historique.get().history_type == "+"

    def test_ne_modifie_que_ce_qui_differe(self):
        synchroniser(Region, ["code"], self.LIGNES)
        changees = [self.LIGNES[0], {"code": "YZ", "nom": "Trois"}]
        assert synchroniser(Region, ["code"], changees) == Bilan(modifies=1, inchanges=1)
        assert Region.objects.get(code="YZ").historique.count() == 2
        assert Region.objects.get(code="YY").historique.count() == 1

    def test_laisse_l_existant_quand_on_le_demande(self):
        synchroniser(Region, ["code"], self.LIGNES)
        changees = [{"code": "YZ", "nom": "Trois"}, {"code": "YX", "nom": "Neuf"}]
        assert synchroniser(Region, ["code"], changees, mettre_a_jour=False) == Bilan(crees=1, inchanges=1)
        assert Region.objects.get(code="YZ").nom == "Deux"

    def test_change_une_relation(self):
        departement = f.DepartementFactory()
        ligne = {"code": departement.code, "nom": departement.nom, "region_id": f.RegionFactory().code}
        assert synchroniser(Departement, ["code"], [ligne]) == Bilan(modifies=1)
        departement.refresh_from_db()
        assert departement.region_id == ligne["region_id"]

    def test_fait_le_meme_nombre_de_requetes_pour_2_et_pour_30_lignes(self, django_assert_num_queries):
        lignes = [{"code": f"Y{chr(65 + n)}", "nom": f"R{n}"} for n in range(26)]
        with CaptureQueriesContext(connection) as deux:
            synchroniser(Region, ["code"], lignes[:2])
        with django_assert_num_queries(len(deux)):
            synchroniser(Region, ["code"], lignes)

    def test_un_bilan_dit_s_il_y_a_un_changement(self):
        assert [Bilan(**{champ.name: 1}).change for champ in dataclasses.fields(Bilan)] == [True, True, False]
        assert not Bilan().change


# --- The real programme ---------------------------------------------------------------------------------------


def test_le_decoupage_est_complet():
    assert (Region.objects.count(), Departement.objects.count()) == (18, 101)
    assert Collectivite.objects.communes().actuelles().count() == 34_875
    assert FondDeCarte.objects.count() == 18
    ept = Collectivite.objects.groupements().filter(nature="EPT")
    assert ept.count() == 11
    assert Rattachement.objects.filter(groupement__in=ept, au=None).values("commune").distinct().count() == 129


def test_les_deux_listes_de_la_phase_1_sont_la():
    effectifs = {liste.slug: liste.inscriptions.count() for liste in Liste.objects.all()}
    assert effectifs == {"2018-11-22": 124, "2022-12-31": 149}
    assert {liste.slug: liste.compositions for liste in _avec_compositions()} == {
        "2018-11-22": 529,
        "2022-12-31": 588,
    }


def _avec_compositions():
    for liste in Liste.objects.all():
        liste.compositions = Composition.objects.filter(inscription__liste=liste).count()
        yield liste


def test_chaque_inscription_dit_comment_on_la_connait():
    annonce = Inscription.objects.filter(liste__slug="2018-11-22")
    effectifs = {code: annonce.filter(fiabilite=code).count() for code in Fiabilite.values}
    assert effectifs == {"officiel": 0, "confirme": 70, "probable": 6, "reconstitue": 48}
    finale = Inscription.objects.filter(liste__slug="2022-12-31")
    assert set(finale.values_list("fiabilite", flat=True)) == {Fiabilite.OFFICIEL}
    assert not Inscription.objects.filter(source="", liste__source="").exists()


def test_une_inscription_confirmee_a_sa_source():
    sans = Inscription.objects.filter(fiabilite__in=[Fiabilite.CONFIRME, Fiabilite.PROBABLE], source="")
    assert not sans.exists()


def test_onze_territoires_sont_dans_plusieurs_regions_publiees():
    finale = Inscription.objects.filter(liste__slug="2022-12-31").prefetch_related("regions")
    plusieurs = [inscription for inscription in finale if len(inscription.regions.all()) > 1]
    assert len(plusieurs) == 11
    # The lead region is one of them.
    assert all(inscription.region in inscription.regions.all() for inscription in plusieurs)


def test_chaque_territoire_a_un_perimetre_dessine():
    perimetres_lus = Perimetre.objects.filter(nb_communes__gt=0, population__gt=0, superficie__gt=0)
    assert perimetres_lus.exclude(trace="").exclude(trace_carte="").count() == 124 + 149


def test_les_chiffres_d_un_perimetre_sont_ceux_de_ses_communes():
    for perimetre in Perimetre.objects.filter(inscription__code__in=["ti-3208", "ti-0101", "ti-2706"]):
        communes = Collectivite.objects.filter(couvertures__inscription=perimetre.inscription_id)
        totaux = communes.aggregate(Sum("population"), Sum("superficie"))
        assert perimetre.nb_communes == communes.count()
        assert perimetre.population == totaux["population__sum"]
        assert perimetre.superficie == pytest.approx(Decimal(str(totaux["superficie__sum"])), abs=Decimal("0.01"))


def test_aucune_commune_entiere_n_est_dans_deux_territoires():
    """The database says so; the shared ones are known."""
    partielles = Couverture.objects.filter(partielle=True).values_list("commune__nom", flat=True)
    assert set(partielles) == {"Tannay-le-Mont-Dieu", "Ingrandes-le-Fresne-sur-Loire"}


def test_chaque_successeur_mene_a_une_commune_d_aujourd_hui():
    decoupage = perimetres.Decoupage()
    assert all(decoupage.actuelle(code) in decoupage.actuelles for code in decoupage.toutes)


def test_le_texte_cherche_est_normalise_et_son_debut_aussi():
    appellations = list(Appellation.objects.values_list("texte", "amorce"))
    assert len(appellations) > 80_000
    assert all(texte == recherche.normaliser_lieu(texte) for texte, _ in appellations[::50])
    assert all(amorce == texte[: recherche.LONGUEUR_AMORCE] for texte, amorce in appellations)
