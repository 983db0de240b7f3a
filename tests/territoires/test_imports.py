"""Lists of territories: every published layout, every bucket, in a small country."""

import csv
import datetime

import pytest
from django.conf import settings

from tableurs import lots
from tableurs.enums import EtatLot, Seau
from territoires import perimetres, reference
from territoires.membres import Terrain
from territoires.models import Collectivite, Composition, Couverture, Inscription, Liste, Perimetre, Phase, Territoire
from tests.factories import (
    CommuneFactory,
    DepartementFactory,
    EpciFactory,
    InscriptionFactory,
    ListeFactory,
    PhaseFactory,
    RattachementFactory,
    RegionFactory,
    TerritoireFactory,
)
from tests.tableurs.lots_essai import comptes, deposer, photographie, raisons, seaux, siren

pytestmark = pytest.mark.django_db

LISTE = {"liste": "2020-10-01", "date": "2020-10-01", "phase": 1}
JOUR = datetime.date(2020, 10, 1)
VALLEE, PLATEAU, EPT = siren(1), siren(2), siren(3)
SUCCESSION = datetime.date(2024, 1, 1)


@pytest.fixture
def carte(base_vide, monkeypatch):
    """Two régions; « Vallée » holds 01001-01003, « Plateau » 42001-42002, nobody 01004; 42010 is 42008 + 42009 merged.

    Outlines have their own tests.
    """
    monkeypatch.setattr(perimetres, "lire_contours", lambda *_: {})
    PhaseFactory(numero=1, nom="Phase 1")
    for departement, region in (("01", "84"), ("42", "27")):
        DepartementFactory(code=departement, region=RegionFactory(code=region))
    codes = ("01001", "01002", "01003", "01004", "42001", "42002", "42003")
    communes = {code: CommuneFactory(code=code, departement_id=code[:2]) for code in codes}
    merge = CommuneFactory(code="42010", departement_id="42", du=SUCCESSION)
    for code in ("42008", "42009"):
        fin = SUCCESSION - datetime.timedelta(days=1)
        communes[code] = CommuneFactory(code=code, departement_id="42", au=fin, remplacee_par=merge)
    membres = {VALLEE: ("01001", "01002", "01003"), PLATEAU: ("42001", "42002"), EPT: ("42008", "42009")}
    for code, siens in membres.items():
        epci = EpciFactory(code=code, nom=f"CC {code}")
        for commune in siens:
            RattachementFactory(commune=communes[commune], groupement=epci)
    return communes


def inscrire(liste, code, nom, *membres):
    territoire = TerritoireFactory(phase=liste.phase, code=code, nom=nom, slug=code)
    inscription = InscriptionFactory(liste=liste, territoire=territoire, region_id="84")
    for membre in membres:
        Composition.objects.create(inscription=inscription, collectivite_id=membre)
    return inscription


@pytest.fixture
def liste(carte):
    """A list that exists: ti-8401 has the Vallée and 42003 alone, ti-2701 has the Plateau."""
    liste = ListeFactory(slug="2020-10-01", date=JOUR, phase=Phase.objects.get())
    inscrire(liste, "ti-8401", "La Vallée", VALLEE, "42003")
    inscrire(liste, "ti-2701", "Le Plateau", PLATEAU)
    perimetres.appliquer(liste)
    return liste


def importer(lignes, **options):
    return deposer(lignes, "territoires", LISTE | options)


def membres(code):
    return set(Composition.objects.filter(inscription__code=code, au=None).values_list("collectivite", flat=True))


COMMUNES = ["insee_com", "id_ti", "lib_ti"]

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
    lot = importer([["id_ti", "lib_ti", "siren_groupement"], ["ti-1", "Un", f"{VALLEE}, 214200019"]])
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
    ("ligne", "raison"),
    [
        (["42999", "ti-1", "Un"], "Aucune commune ni intercommunalité"),
        (["", "ti-1", "Un"], "ne nomme aucune commune"),
        (["01001", "ti-1", ""], "n'a pas de nom"),
        (["01001", "§ §", "Un"], "lettres ou des chiffres"),
        (["01001", "x" * 21, "Un"], "20 caractères"),
        (["01001", "ti-1", "x" * 199], "trop long"),
        (["abc", "ti-1", "Un"], "INSEE"),
    ],
)
def test_ce_qui_ne_se_lit_pas_surement_est_refuse(carte, ligne, raison):
    lot = importer([COMMUNES, ligne, ["01002", "ti-8", "Autre"]])
    assert seaux(lot) == [Seau.REFUSEE, Seau.CREEE]
    assert raison in raisons(lot)[2]


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


# --- The real programme ------------------------------------------------------------------------------------------
@pytest.fixture
def membres_publies():
    with (settings.BASE_DIR / "fixtures/listes/membres_2022-12.csv").open(encoding="utf-8", newline="") as fichier:
        lignes = list(csv.DictReader(fichier))
    with (settings.BASE_DIR / "fixtures/listes/liste_2022-12.csv").open(encoding="utf-8", newline="") as fichier:
        noms = {ligne["id_ti"]: ligne["lib_ti"] for ligne in csv.DictReader(fichier)}
    return noms, lignes


def en_communes(noms, lignes):
    """Return the list of 2022 as a file of communes, as published: as many rows as communes of the list's day."""
    terrain = Terrain(datetime.date(2022, 12, 31))
    return [
        COMMUNES,
        *(
            [unite, ligne["id_ti"], noms[ligne["id_ti"]]]
            for ligne in lignes
            for unite in sorted(terrain.unites(ligne["insee_com"] or ligne["siren_epci"]))
        ),
    ]


def test_la_liste_de_2022_dans_chaque_disposition_est_inchangee(reference, membres_publies):
    noms, lignes = membres_publies
    par_territoire = {}
    for ligne in lignes:
        par_territoire.setdefault(ligne["id_ti"], []).append(ligne["siren_epci"])
    options = {"liste": "2022-12-31"}
    tables = [
        [["id_ti", "lib_ti", "siren_epci"], *([m["id_ti"], noms[m["id_ti"]], m["siren_epci"]] for m in lignes)],
        [
            ["id_ti", "lib_ti", "siren_groupement", "lib_groupement"],
            *([code, noms[code], ", ".join(siens), "CC A, CC B"] for code, siens in par_territoire.items()),
        ],
        en_communes(noms, lignes),
    ]
    for table in tables:
        lot = deposer(table, "territoires", options)
        assert lot.lignes == len(table) - 1
        assert (lot.crees, lot.modifies, lot.refuses, lot.disparus) == (0, 0, 0, 0), raisons(lot)


def test_quinze_mille_communes_dans_une_liste_vide_puis_a_nouveau_puis_annulees(reference, membres_publies):
    table = en_communes(*membres_publies)
    assert len(table) > 15_000
    avant = photographie(Liste, Territoire, Inscription, Composition)
    lot = importer(table)
    assert lot.lignes == len(table) - 1 == lot.crees + lot.doublons
    lots.appliquer(lot)
    liste = Liste.objects.get(slug="2020-10-01")
    assert liste.inscriptions.count() == 149
    couvertes = Couverture.objects.filter(liste=liste)
    assert couvertes.count() == Couverture.objects.filter(liste__slug="2022-12-31").count()
    assert comptes(importer(table)) == {"inchanges": lot.crees, "doublons": lot.doublons}
    lots.annuler(lot)
    assert lot.etat == EtatLot.ANNULE
    assert photographie(Liste, Territoire, Inscription, Composition) == avant


def test_quinze_mille_communes_de_plus_dans_la_liste_de_2022(reference, membres_publies):
    """Two territories swap a commune, one is renamed, a row names nobody: all rows are accounted for."""
    table = en_communes(*membres_publies)
    table[1] = ["99999", *table[1][1:]]
    nom = table[-1][2]
    for ligne in table:
        if ligne[2] == nom:
            ligne[2] = "Un autre nom"
    table.append(table[10])
    lot = deposer(table, "territoires", {"liste": "2022-12-31"})
    assert lot.lignes == len(table) - 1
    assert (lot.crees, lot.modifies, lot.refuses) == (0, 1, 1)
    assert lot.inchanges + lot.doublons == lot.lignes - 2


def test_le_decoupage_relit_ce_qu_il_vient_d_ecrire(reference):
    """A file of the administrative map as it is changes nothing."""
    lignes = [
        [
            "code",
            "nature",
            "nom",
            "departement",
            "population",
            "superficie",
            "codes_postaux",
            "du",
            "au",
            "remplacee_par",
        ]
    ]
    for ligne in list(reference_des_communes())[:500]:
        lignes.append(
            [
                ligne["code"],
                "COM",
                ligne["nom"],
                ligne["departement_id"],
                str(ligne["population"] or ""),
                str(ligne["superficie"] or "").replace(".", ","),
                ligne["codes_postaux"],
                ligne["du"].strftime("%d/%m/%Y") if ligne["du"] else "",
                ligne["au"].strftime("%d/%m/%Y") if ligne["au"] else "",
                ligne["remplacee_par_id"] or "",
            ]
        )
    lot = deposer(lignes, "collectivites")
    assert (lot.inchanges, lot.refuses) == (500, 0), raisons(lot)


def reference_des_communes():
    return reference._lignes_collectivites()
