"""Lists of territories: what disappears, lists that follow each other, folding, the real programme."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from tableurs import comparaison, lots
from tableurs.disparus import AnciensDisparus
from tableurs.enums import Seau
from tableurs.models import LotImport
from territoires.models import Composition, Couverture, Inscription, Territoire
from tests.factories import (
    RattachementFactory,
)
from tests.tableurs.lots_essai import comptes, photographie
from tests.territoires.pays import COMMUNES, EPT, PLATEAU, VALLEE, importer, membres

pytestmark = pytest.mark.django_db


# --- Disappeared, succession of lists ----------------------------------------------------------------------------
def test_ce_que_le_fichier_ne_nomme_pas_est_montre_a_part_et_garde(liste):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Vallée"]])
    assert comptes(lot) == {"inchanges": 1, "disparus": 2}
    lots.appliquer(lot)
    assert membres("ti-8401") == {VALLEE, "42003"}
    assert membres("ti-2701") == {PLATEAU}


def test_ce_a_quoi_on_met_fin_ne_couvre_plus_et_ne_disparait_pas_deux_fois(liste):
    lignes = [COMMUNES, ["01001", "ti-8401", "La Vallée"]]
    lot = importer(lignes)
    lots.choisir_les_disparus(lot, None, terminer=True)
    lots.appliquer(lot)
    assert membres("ti-8401") == {VALLEE}
    assert membres("ti-2701") == set()
    assert set(Couverture.objects.values_list("commune", flat=True)) == {"01001", "01002", "01003"}
    assert comptes(importer(lignes)) == {"inchanges": 1}
    lots.annuler(lot)
    assert Couverture.objects.count() == 6


def test_une_ligne_refusee_ne_fait_pas_disparaitre_ce_qu_elle_nomme(liste):
    lot = importer([COMMUNES, ["42001", "ti-8401", "La Vallée"]])
    disparus = set(lot.details.filter(seau=Seau.DISPARU).values_list("libelle", flat=True))
    assert not any("Plateau" in libelle for libelle in disparus)


def test_une_nouvelle_liste_ne_touche_pas_l_ancienne_et_reprend_ses_territoires(liste):
    avant = photographie(Composition)
    lignes = [COMMUNES, ["01001", "ti-8401", "Nouveau nom"]]
    lots.appliquer(importer(lignes, liste="2022-12-31", date="2022-12-31"))
    nouvelle = Inscription.objects.get(liste__slug="2022-12-31")
    assert nouvelle.territoire == Territoire.objects.get(code="ti-8401")
    assert nouvelle.territoire.nom == "Nouveau nom"
    assert Inscription.objects.get(liste=liste, code="ti-8401").nom == "La Vallée"
    assert photographie(Composition).startswith(avant[:-3])


def test_deux_territoires_de_meme_nom_ont_deux_adresses(carte):
    lots.appliquer(importer([COMMUNES, ["01001", "ti-1", "Même nom"], ["01002", "ti-2", "Même nom"]]))
    assert set(Territoire.objects.values_list("slug", flat=True)) == {"meme-nom", "meme-nom-ti-2-1"}


@pytest.mark.parametrize(
    ("options", "texte"),
    [
        ({"liste": "bientot", "date": "bientot"}, "n'est pas une date"),
        ({"liste": "2021-01-01", "date": "2021-01-01", "phase": 9}, "La phase 9"),
        ({"liste": "autre", "date": "2020-10-01"}, "porte déjà cette date"),
    ],
)
def test_une_liste_impossible_est_dite_avant_de_lire(liste, options, texte):
    with pytest.raises(lots.ColonnesIncompletes, match=texte):
        importer([COMMUNES, ["01001", "ti-1", "Un"]], **options)


def test_sans_colonne_de_membres_rien_ne_se_compare(carte):
    with pytest.raises(lots.ColonnesIncompletes, match="quels sont les membres"):
        importer([["id_ti", "lib_ti"], ["ti-1", "Un"]])


def test_un_nouvel_apercu_garde_les_fins_choisies_et_les_lignes_ecartees(liste):
    lot = importer([COMMUNES, ["01004", "ti-8401", "La Vallée"], ["01001", "ti-8401", "La Vallée"]])
    lot.details.filter(seau=Seau.CREEE).update(retenue=False)
    choisi = lot.details.get(seau=Seau.DISPARU, libelle__startswith="CC")
    lots.choisir_les_disparus(lot, [choisi.pk], terminer=True)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        lots.comparer_de_nouveau(lot, "La base a changé.")
    assert not lot.details.get(seau=Seau.CREEE).retenue
    assert [ligne.pk for ligne in lot.details.filter(seau=Seau.DISPARU, retenue=True)] == [choisi.pk]
    assert lot.disparus == lot.details.filter(seau=Seau.DISPARU).count() == 2
    attendu = "La base a changé. Votre choix de mettre fin à 1\N{NO-BREAK SPACE}disparu est repris."
    assert (lot.message, LotImport.objects.get().message) == (attendu, attendu)
    fin = lot.details.get(pk=choisi.pk).operations[0]["apres"]["au"]
    assert fin == timezone.localdate().isoformat(), "the day before the fresh preview"


def test_un_disparu_qui_a_change_est_garde_par_le_nouvel_apercu_qui_le_dit(liste):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Vallée"]])
    lots.choisir_les_disparus(lot, None, terminer=True)
    Composition.objects.filter(collectivite="42003").update(inscription=Inscription.objects.get(code="ti-2701"))
    Composition.objects.filter(collectivite=PLATEAU).update(au=datetime.date(2024, 1, 1))
    with pytest.raises(lots.ActionImpossible, match="a changé depuis l'aperçu") as refus:
        lots.appliquer(lot)
    (reste,) = lot.details.filter(seau=Seau.DISPARU)
    assert (reste.retenue, "Le Plateau" in reste.libelle) == (False, True)
    assert "Il n'est plus prévu de mettre fin à 2\N{NO-BREAK SPACE}disparus : ils ont changé" in lot.message.replace(
        "\N{NO-BREAK SPACE}:", " :"
    )
    assert str(refus.value) == lot.message


def test_un_nouvel_apercu_interrompu_ne_perd_aucun_choix(liste, monkeypatch):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Vallée"]])
    lots.choisir_les_disparus(lot, None, terminer=True)
    with monkeypatch.context() as provisoire:
        provisoire.setattr(AnciensDisparus, "effacer_les_autres", lambda _: 1 / 0)
        provisoire.setattr(comparaison._Passage, "echouer", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            lots.comparer_de_nouveau(lot)
    comparaison.lire(lot)
    assert lot.details.filter(seau=Seau.DISPARU, retenue=True).count() == lot.disparus == 2


def test_un_disparu_porte_le_nom_et_le_code_du_membre_et_du_territoire(liste, carte):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Vallée"]])
    libelles = set(lot.details.filter(seau=Seau.DISPARU).values_list("libelle", flat=True))
    commune = carte["42003"]
    assert libelles == {
        f"{commune.nom} (42003) dans La Vallée (ti-8401)",
        f"CC {PLATEAU} ({PLATEAU}) dans Le Plateau (ti-2701)",
    }


@pytest.mark.parametrize("cellule", [f"{PLATEAU}, 123456789", f"x ; {PLATEAU[:3]} {PLATEAU[3:6]} {PLATEAU[6:]}"])
def test_une_cellule_illisible_ne_fait_pas_disparaitre_ce_qu_on_y_reconnait(liste, cellule):
    entetes = ["id_ti", "lib_ti", "siren_groupement"]
    lot = importer([entetes, ["ti-8401", "La Vallée", VALLEE], ["ti-2701", "Le Plateau", cellule]])
    assert lot.refuses == 1
    assert lot.disparus == 1
    assert not lot.details.filter(seau=Seau.DISPARU, libelle__contains="Plateau").exists()


# --- Folding -----------------------------------------------------------------------------------------------------
def test_les_communes_restent_des_communes_sauf_demande(carte):
    lignes = [COMMUNES, *([code, "ti-1", "Un"] for code in ("01001", "01002", "01003", "42001"))]
    lots.appliquer(importer(lignes))
    assert membres("ti-1") == {"01001", "01002", "01003", "42001"}


def test_repliees_sur_demande_les_communes_d_une_intercommunalite_entiere_font_un_membre(carte):
    lignes = [COMMUNES, *([code, "ti-1", "Un"] for code in ("01001", "01002", "01003", "42001"))]
    lot = importer(lignes, replier=True)
    assert comptes(lot) == {"crees": 4}
    lots.appliquer(lot)
    assert membres("ti-1") == {VALLEE, "42001"}
    assert comptes(importer(lignes)) == {"inchanges": 4}


def test_on_ne_replie_pas_ce_dont_une_ligne_est_refusee(carte):
    lignes = [COMMUNES, *([code, "ti-1", "Un"] for code in ("01001", "01002")), ["01003", "ti-1", "Autre nom"]]
    lot = importer(lignes, replier=True)
    lots.appliquer(lot, partiel=True)
    assert membres("ti-1") == {"01001", "01002"}


def test_on_replie_sur_l_intercommunalite_du_jour_de_la_liste(carte):
    """01004 joined the Vallée after the list."""
    RattachementFactory(commune=carte["01004"], groupement_id=VALLEE, du=datetime.date(2021, 1, 1))
    communes = ["01001", "01002", "01003"]
    lignes = [COMMUNES, *([code, "ti-1", "Un"] for code in communes)]
    lots.appliquer(importer(lignes, replier=True))
    assert membres("ti-1") == {VALLEE}
    assert set(Couverture.objects.values_list("commune", flat=True)) == set(communes)


def test_des_communes_fusionnees_depuis_se_replient_aussi(carte):
    lots.appliquer(importer([COMMUNES, ["42008", "ti-1", "Un"], ["42009", "ti-1", "Un"]], replier=True))
    assert membres("ti-1") == {EPT}
