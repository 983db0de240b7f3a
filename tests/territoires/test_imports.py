"""Lists of territories: every published layout, every bucket, in a small country."""

import datetime
import io
import re
import zipfile

import pytest

from tableurs import lots
from tableurs.enums import Seau
from tableurs.exports_de_lots import exporter_refus
from territoires.models import Collectivite, Composition, Couverture, Inscription, Liste, Perimetre, Territoire
from tests.factories import (
    InscriptionFactory,
    ListeFactory,
    RattachementFactory,
)
from tests.tableurs.lots_essai import comptes, photographie, raisons, seaux, siren
from tests.territoires.pays import COMMUNES, EPT, PLATEAU, VALLEE, importer, membres

pytestmark = pytest.mark.django_db


# --- The four published layouts ----------------------------------------------------------------------------------
DISPOSITIONS = {
    "une ligne par commune": (
        [
            COMMUNES,
            ["01001", "ti-8401", "La Vallée"],
            ["01002", "ti-8401", "La Vallée"],
            ["42001", "ti-2701", "Le Plateau"],
        ],
        {"ti-8401": {"01001", "01002"}, "ti-2701": {"42001"}},
    ),
    "une ligne par territoire": (
        [
            ["id_ti", "lib_ti", "siren_groupement", "lib_groupement"],
            ["ti-8401", "La Vallée", f"{VALLEE}, {EPT}", "CC de A, B et C, EPT"],
            ["ti-2701", "Le Plateau", PLATEAU, "CC du Plateau"],
        ],
        {"ti-8401": {VALLEE, EPT}, "ti-2701": {PLATEAU}},
    ),
    "une ligne par intercommunalité": (
        [
            ["id_ti", "lib_ti", "siren_epci", "nom_epci"],
            ["ti-8401", "La Vallée", VALLEE, "CC, de la Vallée"],
            ["ti-8401", "La Vallée", PLATEAU, "CC du Plateau"],
        ],
        {"ti-8401": {VALLEE, PLATEAU}},
    ),
    "fichier de la Caisse des Dépôts": (
        [
            ["Code INSEE", "Commune", "Code EPCI", "EPCI nom", "Code TI", "Territoire"],
            ["1001", "Une commune", VALLEE, "CC", "TI-8401", "La Vallée"],
            ["42001", "Une autre", PLATEAU, "CC", "TI-8401", "La Vallée"],
        ],
        {"ti-8401": {"01001", "42001"}},
    ),
}


@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_chaque_disposition_publiee_se_lit_s_applique_et_se_relit_inchangee(carte, disposition):
    lignes, attendus = DISPOSITIONS[disposition]
    lot = importer(lignes)
    assert comptes(lot) == {"crees": len(lignes) - 1}
    assert not Liste.objects.exists()
    lots.appliquer(lot)
    assert {code: membres(code) for code in attendus} == attendus
    assert Inscription.objects.count() == Perimetre.objects.count() == len(attendus)
    assert comptes(importer(lignes)) == {"inchanges": len(lignes) - 1}


def test_un_import_annule_rend_la_base_telle_qu_elle_etait(liste):
    modeles = (Liste, Territoire, Inscription, Composition, Couverture)
    champs = list(Couverture.objects.order_by("commune").values_list("commune", "inscription", "partielle"))
    avant = photographie(*modeles[:-1], Collectivite)
    lot = importer(
        [
            COMMUNES,
            ["01004", "ti-8401", "La Grande Vallée"],
            ["42003", "ti-2701", "Le Plateau"],
            ["42008", "ti-9", "Neuf"],
        ]
    )
    assert seaux(lot) == [Seau.CREEE, Seau.MODIFIEE, Seau.CREEE]
    lot.details.filter(seau=Seau.DISPARU).update(retenue=True)
    lots.appliquer(lot)
    assert photographie(*modeles[:-1], Collectivite) != avant
    lots.annuler(lot)
    assert photographie(*modeles[:-1], Collectivite) == avant
    assert list(Couverture.objects.order_by("commune").values_list("commune", "inscription", "partielle")) == champs


def test_une_nouvelle_liste_annulee_disparait(carte):
    lot = lots.appliquer(importer(DISPOSITIONS["une ligne par commune"][0]))
    assert Liste.objects.get().titre == "Liste du 1er\N{NO-BREAK SPACE}octobre\N{NO-BREAK SPACE}2020"
    lots.annuler(lot)
    assert not any(modele.objects.exists() for modele in (Liste, Territoire, Inscription, Composition, Couverture))


# --- Buckets against a list that exists --------------------------------------------------------------------------
def test_ce_qui_est_deja_couvert_est_inchange(liste):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Vallée"], ["01002", "TI-8401 ", "La Vallée"]])
    assert seaux(lot) == [Seau.INCHANGEE, Seau.INCHANGEE]


def test_une_commune_de_plus_est_creee(liste):
    lot = importer([COMMUNES, ["01004", "ti-8401", "La Vallée"]])
    assert seaux(lot) == [Seau.CREEE]
    lots.appliquer(lot)
    assert membres("ti-8401") == {VALLEE, "42003", "01004"}


def test_un_nom_seul_est_une_modification_de_la_premiere_ligne(liste):
    lot = importer([COMMUNES, ["01001", "ti-8401", "La Grande Vallée"], ["01002", "ti-8401", "La Grande Vallée"]])
    assert seaux(lot) == [Seau.MODIFIEE, Seau.INCHANGEE]
    lots.appliquer(lot)
    assert Inscription.objects.get(code="ti-8401").nom == "La Grande Vallée"
    assert Territoire.objects.get(code="ti-8401").nom == "La Grande Vallée"
    assert Territoire.objects.get(code="ti-8401").slug == "ti-8401"


def test_renommer_dans_une_ancienne_liste_ne_renomme_pas_le_territoire(liste):
    recente = ListeFactory(slug="2022", date=datetime.date(2022, 12, 31), phase=liste.phase)
    InscriptionFactory(liste=recente, territoire=Territoire.objects.get(code="ti-8401"), region_id="84")
    lots.appliquer(importer([COMMUNES, ["01001", "ti-8401", "Ancien nom"]]))
    assert Inscription.objects.get(liste=liste, code="ti-8401").nom == "Ancien nom"
    assert Territoire.objects.get(code="ti-8401").nom == "La Vallée"


def test_une_commune_seule_change_de_territoire(liste):
    lot = importer([COMMUNES, ["42003", "ti-2701", "Le Plateau"]])
    assert seaux(lot) == [Seau.MODIFIEE]
    lots.appliquer(lot)
    assert (membres("ti-8401"), membres("ti-2701")) == ({VALLEE}, {PLATEAU, "42003"})
    assert Couverture.objects.get(commune="42003").inscription.code == "ti-2701"


def test_une_intercommunalite_entiere_change_de_territoire(liste):
    lot = importer([["id_ti", "lib_ti", "siren_epci"], ["ti-8401", "La Vallée", PLATEAU]])
    assert seaux(lot) == [Seau.MODIFIEE]
    lots.appliquer(lot)
    assert (membres("ti-8401"), membres("ti-2701")) == ({VALLEE, "42003", PLATEAU}, set())


def test_une_intercommunalite_qui_prend_une_commune_seule_d_un_autre_est_ajoutee_avec_elle(liste, carte):
    RattachementFactory(commune=carte["42003"], groupement_id=EPT)
    lot = importer([["id_ti", "lib_ti", "siren_epci"], ["ti-2701", "Le Plateau", EPT]])
    assert seaux(lot) == [Seau.CREEE]
    lots.appliquer(lot)
    assert membres("ti-2701") == {PLATEAU, EPT, "42003"}
    assert membres("ti-8401") == {VALLEE}


def test_une_commune_ne_se_prend_pas_dans_l_intercommunalite_d_un_autre(liste):
    lot = importer([COMMUNES, ["42001", "ti-8401", "La Vallée"]])
    assert seaux(lot) == [Seau.REFUSEE]
    assert "La Vallée (ti-8401) et Le Plateau (ti-2701)" in raisons(lot)[2]
    assert lettres(lot) == ["A"]


def test_une_commune_reclamee_par_deux_territoires_est_refusee_les_deux_nommes(carte):
    lot = importer(
        [COMMUNES, ["01001", "ti-1", "Un"], ["01001", "ti-2", "Deux"], ["01002", "ti-2", "Deux"]],
    )
    assert seaux(lot) == [Seau.REFUSEE, Seau.REFUSEE, Seau.CREEE]
    for raison in raisons(lot).values():
        assert "Un (ti-1)" in raison
        assert "Deux (ti-2)" in raison


def test_une_ligne_qui_dit_la_meme_chose_est_un_doublon(carte):
    lot = importer([COMMUNES, ["01001", "ti-1", "Un"], ["01001", "ti-1", "Un"], ["1001", "TI-1", ""]])
    assert seaux(lot) == [Seau.CREEE, Seau.DOUBLON, Seau.DOUBLON]


def test_deux_communes_fusionnees_depuis_n_en_font_qu_une_et_rien_n_est_perdu(carte):
    """The second row says the same of today's commune; the territory has both halves of it all the same."""
    lot = importer([COMMUNES, ["42008", "ti-1", "Un"], ["42009", "ti-1", "Un"]])
    assert seaux(lot) == [Seau.CREEE, Seau.DOUBLON]
    lots.appliquer(lot)
    assert membres("ti-1") == {"42008", "42009"}
    assert [(c.commune_id, c.partielle) for c in Couverture.objects.all()] == [("42010", False)]


def test_les_deux_moities_d_une_commune_fusionnee_depuis_peuvent_etre_a_deux_territoires(carte):
    lot = importer([COMMUNES, ["42008", "ti-1", "Un"], ["42009", "ti-2", "Deux"]])
    assert seaux(lot) == [Seau.CREEE, Seau.CREEE]
    lots.appliquer(lot)
    assert [c.partielle for c in Couverture.objects.filter(commune="42010")] == [True, True]


def test_un_code_d_avant_la_liste_est_celui_de_la_commune_qui_a_suivi(carte):
    lot = importer([COMMUNES, ["42008", "ti-1", "Un"]], liste="2025-01-01", date="2025-01-01")
    lots.appliquer(lot)
    assert membres("ti-1") == {"42010"}
    assert not Couverture.objects.get().partielle


def test_une_ligne_est_refusee_entiere_si_un_seul_membre_l_est(carte):
    lignes = [["id_ti", "lib_ti", "siren_groupement"], ["ti-1", "Un", f"{VALLEE} ; {siren(99)}"]]
    lot = importer(lignes)
    assert seaux(lot) == [Seau.REFUSEE]
    assert siren(99) in raisons(lot)[2]
    (probleme,) = lot.details.get().problemes
    assert (probleme["colonne"], probleme["lettre"]) == ("SIREN des membres", "C")
    faux = importer([lignes[0], ["ti-1", "Un", f"{VALLEE}, 123456789"]])
    assert seaux(faux) == [Seau.REFUSEE]


def test_une_commune_se_reconnait_a_son_siren(carte):
    lot = importer([["id_ti", "lib_ti", "siren_groupement"], ["ti-1", "Un", f"{VALLEE}, 214200016"]])
    lots.appliquer(lot)
    assert membres("ti-1") == {VALLEE, "42001"}


def test_un_territoire_peut_tenir_sur_deux_regions(carte):
    lignes = [["id_ti", "lib_ti", "siren_epci"], ["ti-2705", "Entre deux", VALLEE], ["ti-2705", "", PLATEAU]]
    lot = importer(lignes)
    lots.appliquer(lot)
    inscription = Inscription.objects.get()
    assert inscription.region_id == "27"
    assert set(inscription.perimetre.regions.values_list("code", flat=True)) == {"84", "27"}


@pytest.mark.parametrize(
    ("ligne", "raison", "lettre"),
    [
        (["42999", "ti-1", "Un"], "Aucune commune ni intercommunalité", "A"),
        (["", "ti-1", "Un"], "ne nomme aucune commune", "A"),
        (["01001", "ti-1", ""], "n'a pas de nom", "C"),
        (["01001", "§ §", "Un"], "lettres ou des chiffres", "B"),
        (["01001", "x" * 21, "Un"], "20 caractères", "B"),
        (["01001", "ti-1", "x" * 199], "trop long", "C"),
        (["abc", "ti-1", "Un"], "Insee", "A"),
    ],
)
def test_ce_qui_ne_se_lit_pas_surement_est_refuse_a_sa_cellule(carte, ligne, raison, lettre):
    lot = importer([COMMUNES, ligne, ["01002", "ti-8", "Autre"]])
    assert seaux(lot) == [Seau.REFUSEE, Seau.CREEE]
    assert raison in raisons(lot)[2]
    assert lettres(lot) == [lettre]


def test_une_ligne_qui_ne_dit_aucun_membre_est_rouge_a_la_colonne_qui_le_dirait(carte):
    for entetes, lettre in (
        (["id_ti", "lib_ti", "siren_epci"], "C"),
        (["id_ti", "siren_groupement", "lib_ti"], "B"),
        (["siren_groupement", "id_ti", "insee_com", "siren_epci", "lib_ti"], "C"),
    ):
        valeurs = {"id_ti": "ti-1", "lib_ti": "Un"}
        assert lettres(importer([entetes, [valeurs.get(nom, "") for nom in entetes]])) == [lettre]


def test_une_colonne_absente_du_fichier_est_dite_par_son_nom(carte):
    lot = importer([["insee_com", "id_ti"], ["01001", "ti-1"]])
    (probleme,) = lot.details.get(numero=2).problemes
    assert (probleme["colonne"], probleme["lettre"]) == ("Nom du territoire", "")


def test_la_copie_des_refus_colore_la_cellule_de_chacun(liste):
    entetes = ["id_ti", "lib_ti", "siren_epci", "region_code"]
    lot = importer(
        [
            entetes,
            ["ti-1", "Un", EPT, "ZZ"],
            ["ti-1", "Un autre", VALLEE, ""],
            ["ti-2", "Deux", siren(99), ""],
            ["ti-3", "Trois", "", ""],
        ]
    )
    assert lettres(lot) == ["D", "B", "C", "C"]
    sortie = io.BytesIO()
    exporter_refus(lot).enregistrer(sortie)
    commentaires = zipfile.ZipFile(sortie).read("xl/comments1.xml").decode()
    assert re.findall(r'<comment ref="(\w+)"', commentaires) == ["D2", "B3", "C4", "C5"]


def lettres(lot):
    return [ligne.problemes[0]["lettre"] for ligne in lot.details.filter(seau=Seau.REFUSEE).order_by("pk")]


def test_deux_noms_pour_un_code_sont_refuses(carte):
    lot = importer([COMMUNES, ["01001", "ti-1", "Un"], ["01002", "ti-1", "Autre"]])
    assert seaux(lot) == [Seau.CREEE, Seau.REFUSEE]
    assert (
        "« Un » et « Autre »".replace(" »", "\N{NO-BREAK SPACE}»").replace("« ", "«\N{NO-BREAK SPACE}")
        in raisons(lot)[3]
    )


def test_la_region_pilote_se_lit_et_se_corrige(liste):
    entetes = [*COMMUNES, "region_code"]
    lot = importer([entetes, ["01001", "ti-8401", "La Vallée", "27"], ["42001", "ti-2701", "Le Plateau", "ZZ"]])
    assert seaux(lot) == [Seau.MODIFIEE, Seau.REFUSEE]
    lots.appliquer(lot, partiel=True)
    assert Inscription.objects.get(code="ti-8401").region_id == "27"
