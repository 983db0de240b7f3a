"""Files that are taken away: right in a French Excel, without danger, defined, and never whole in memory."""

import csv
import datetime
import io
import json
import tempfile
import tracemalloc
import zipfile
from decimal import Decimal
from itertools import repeat

import pytest
from django.utils import timezone
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tableurs import exports
from tableurs.ecriture import ExportTropGrand, Table, fichier_de
from tableurs.ecriture.ods import LIGNES_MAX as LIGNES_ODS
from tableurs.ecriture.xlsx import FEUILLE_DES_DEFINITIONS, nom_de_feuille
from tableurs.exports import ColonneExport, FormatExport, TypeColonne
from tableurs.lecture import ouvrir
from tableurs.lecture.limites import CARACTERES_MAX
from tableurs.protection import deproteger
from tableurs.valeurs import Texte, ValeurRefusee
from territoires.models import Collectivite, Region
from tests import factories as f

COLONNES = (
    ColonneExport("nom", "Nom", definition="Le nom."),
    ColonneExport("code", "Code", type=TypeColonne.CODE, definition="Le code."),
    ColonneExport("habitants", "Habitants", type=TypeColonne.ENTIER, definition="Combien."),
    ColonneExport("surface", "Surface", type=TypeColonne.NOMBRE, definition="En km²."),
    ColonneExport("montant", "Montant", type=TypeColonne.MONTANT, definition="En euros."),
    ColonneExport("du", "Depuis le", type=TypeColonne.DATE, definition="Premier jour."),
    ColonneExport("vu", "Vu le", type=TypeColonne.HORODATAGE, definition="À Paris."),
    ColonneExport("oui", "Oui ?", type=TypeColonne.OUI_NON, definition="Oui ou non."),
    ColonneExport("liste", "Liste", type=TypeColonne.LISTE, definition="Plusieurs."),
    ColonneExport("etat", "État", choix=(("a", "Actif"), ("f", "Fini")), definition="Où il en est."),
)
LIGNE = (
    "L'Haÿ-les-Roses",
    "02738",
    1250,
    Decimal("12.50"),
    Decimal("-1250000.05"),
    datetime.date(2018, 11, 22),
    datetime.datetime(2026, 7, 14, 22, 30, tzinfo=datetime.UTC),
    True,
    ["01", "2A"],
    "a",
)
TOUS = list(FormatExport)
CLASSEURS = [FormatExport.XLSX, FormatExport.ODS]


def octets(lignes, format, colonnes=COLONNES, titre="Essai", **options):
    sortie = io.BytesIO()
    fichier_de(Table(titre, colonnes, lambda: exports.par_lots(lignes), **options), format, "essai").enregistrer(sortie)
    return sortie.getvalue()


def relire(contenu, feuille=None):
    """Return the rows as our reader has them, header included."""
    with ouvrir(io.BytesIO(contenu), "essai") as classeur:
        return [cellules for _, cellules in classeur.lignes(feuille)]


def textes(contenu):
    """Return the cells of the first column as an import reads them."""
    return [Texte(plusieurs_lignes=True).lire(cellules[0]).valeur for cellules in relire(contenu)[1:]]


def test_le_csv_s_ouvre_dans_un_excel_francais():
    contenu = octets([LIGNE], FormatExport.CSV)
    assert contenu.startswith(b"\xef\xbb\xbf")
    entete, ligne, fin = contenu.decode("utf-8-sig").split("\r\n")
    assert entete == "Nom;Code;Habitants;Surface;Montant;Depuis le;Vu le;Oui ?;Liste;État"
    assert ligne == ('L\'Haÿ-les-Roses;02738;1250;12,50;-1250000,05;22/11/2018;15/07/2026 00:30;oui;"01 ; 2A";Actif')
    assert fin == ""


@pytest.mark.parametrize("format", CLASSEURS)
def test_un_classeur_a_de_vraies_dates_de_vrais_nombres_et_des_codes_en_texte(format):
    _, ligne = relire(octets([LIGNE], format))
    assert ligne[:6] == ["L'Haÿ-les-Roses", "02738", 1250, 12.5, -1250000.05, datetime.date(2018, 11, 22)]
    assert ligne[6] == datetime.datetime(2026, 7, 15, 0, 30)  # noqa: DTZ001 - a workbook has no time zone
    assert ligne[7:] == ["oui", "01 ; 2A", "Actif"]


def test_le_json_dit_ses_colonnes_et_garde_les_cles():
    contenu = json.loads(octets([LIGNE, LIGNE], FormatExport.JSON))
    assert contenu["titre"] == "Essai"
    assert contenu["date"] == timezone.localdate().isoformat()
    assert contenu["colonnes"][-1] == {
        "cle": "etat",
        "libelle": "État",
        "type": "texte",
        "definition": "Où il en est.",
        "valeurs": {"a": "Actif", "f": "Fini"},
    }
    assert contenu["lignes"][1] == {
        "nom": "L'Haÿ-les-Roses",
        "code": "02738",
        "habitants": 1250,
        "surface": 12.5,
        "montant": -1250000.05,
        "du": "2018-11-22",
        "vu": "2026-07-15T00:30:00+02:00",
        "oui": True,
        "liste": ["01", "2A"],
        "etat": "a",
    }


@pytest.mark.parametrize("format", TOUS)
def test_une_liste_vide_ou_sans_valeurs_s_exporte(format):
    vides = octets([], format)
    assert len(json.loads(vides)["lignes"]) == 0 if format == FormatExport.JSON else len(relire(vides)) == 1
    nulle = octets([(None,) * len(COLONNES), LIGNE], format)
    if format != FormatExport.JSON:
        assert all(cellule == "" for cellule in relire(nulle)[1])


@pytest.mark.parametrize(
    "texte", ["=1+1", "+33 1", "-12", "@SUM(A1)", "\tx", '=HYPERLINK("http://x";"y")', "'=1", "''-x", "-", "=1;2"]
)
def test_un_texte_qui_serait_une_formule_ne_s_execute_pas_et_se_relit(texte):
    ligne = [(texte, "x")]
    colonnes = (ColonneExport("nom", "Nom"), ColonneExport("autre", "Autre"))
    contenu = octets(ligne, FormatExport.CSV, colonnes)
    (_, (cellule, _)) = csv.reader(io.StringIO(contenu.decode("utf-8-sig"), newline=""), delimiter=";")
    assert cellule == f"'{texte}"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(octets(ligne, "xlsx", colonnes))).read("xl/worksheets/sheet1.xml")
    for format in ("csv", "xlsx", "ods"):
        attendu = "" if texte == "-" else texte.strip()
        assert textes(octets(ligne, format, colonnes)) == [attendu], format


def test_l_apostrophe_ordinaire_reste_telle_quelle():
    for format in ("csv", "xlsx", "ods"):
        assert relire(octets([("'s-Gravenhage", "L'Île")], format, COLONNES[:2]))[1] == ["'s-Gravenhage", "L'Île"]


@pytest.mark.parametrize(
    "texte", ["a;b", 'dit "oui"', "deux\nlignes", "a  b", "é\u00a0!", "<&>", "_x0041_", "œ𝄞", "\x07"]
)
def test_les_caracteres_particuliers_passent_dans_les_classeurs_et_le_csv(texte):
    attendu = {"\x07": "\N{REPLACEMENT CHARACTER}"}
    for format in ("csv", "xlsx", "ods"):
        lu = relire(octets([(texte, "x")], format, COLONNES[:2]))[1][0]
        assert lu in (texte, attendu.get(texte)), format


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30),
        min_size=1,
        max_size=5,
    )
)
def test_tout_texte_se_relit_comme_s_il_avait_ete_saisi(lignes):
    """What our types read in the cell is what they read in the text itself, whatever the format."""
    try:
        attendus = [Texte().lire(proprement_saisi(texte)).valeur for texte in lignes]
    except ValeurRefusee:
        # « #REF! » is no text that somebody meant.
        reject()
    for format in ("csv", "xlsx", "ods"):
        cellules = relire(octets([(texte, "x") for texte in lignes], format, COLONNES[:2]))[1:]
        assert [Texte().lire(cellule[0]).valeur for cellule in cellules] == attendus, format


def proprement_saisi(texte):
    """Protected once: reading takes one protection away."""
    return f"'{texte}" if deproteger(f"'{texte}") == texte else texte


@pytest.mark.parametrize("format", CLASSEURS)
def test_chaque_classeur_definit_ses_colonnes_sur_une_seconde_feuille(format):
    contenu = octets([LIGNE], format, mentions=("Une mention.",))
    lignes = relire(contenu, FEUILLE_DES_DEFINITIONS)
    assert lignes[0][:4] == ["Colonne", "Clé", "Type", "Définition"]
    assert [ligne[0] for ligne in lignes[1:11]] == [colonne.libelle for colonne in COLONNES]
    assert lignes[10][1:] == ["etat", "texte", "Où il en est.", "Actif ; Fini"]
    assert lignes[-1][0] == "Une mention."


def test_l_entete_est_fige_dans_les_classeurs():
    xlsx = zipfile.ZipFile(io.BytesIO(octets([LIGNE], "xlsx"))).read("xl/worksheets/sheet1.xml")
    assert b'state="frozen"' in xlsx
    ods = zipfile.ZipFile(io.BytesIO(octets([LIGNE], "ods")))
    assert ods.namelist()[0] == "mimetype"
    assert b"VerticalSplitMode" in ods.read("settings.xml")


def test_l_ods_s_arrete_a_vingt_mille_lignes_et_le_dit():
    lignes = repeat(("a", "b"), LIGNES_ODS)
    assert octets(lignes, "ods", COLONNES[:2])
    with pytest.raises(ExportTropGrand, match=r"20\s000 lignes.*XLSX ou CSV"):
        octets(repeat(("a", "b"), LIGNES_ODS + 1), "ods", COLONNES[:2])


def test_le_xlsx_s_arrete_a_la_derniere_ligne_d_excel(monkeypatch):
    monkeypatch.setattr("tableurs.ecriture.xlsx.LIGNES_MAX", 3)
    assert octets([LIGNE] * 3, "xlsx")
    with pytest.raises(ExportTropGrand, match="CSV"):
        octets([LIGNE] * 4, "xlsx")


def test_un_texte_trop_long_pour_excel_est_coupe_et_c_est_dit():
    contenu = octets([("a" * (CARACTERES_MAX + 1), "x")], "xlsx", COLONNES[:2])
    (cellule, _) = relire(contenu)[1]
    assert len(cellule) == CARACTERES_MAX
    assert cellule.endswith("[texte coupé]")
    assert "texte dépasse" in relire(contenu, FEUILLE_DES_DEFINITIONS)[-1][0]
    entier = octets([("a" * (CARACTERES_MAX + 1), "x")], "csv", COLONNES[:2])
    assert b"a" * (CARACTERES_MAX + 1) in entier


def test_une_date_d_avant_excel_reste_lisible():
    contenu = octets([(datetime.date(1789, 7, 14),)], "xlsx", (COLONNES[5],))
    assert relire(contenu)[1] == ["14/07/1789"]


@pytest.mark.parametrize(
    ("titre", "attendu"),
    [("Liste [2018/11]", "Liste  2018 11"), ("'" * 3, "Feuille"), ("a" * 40, "a" * 31), ("", "Feuille")],
)
def test_le_titre_donne_un_nom_de_feuille_qu_excel_accepte(titre, attendu):
    assert nom_de_feuille(titre) == attendu


@pytest.mark.parametrize("format", TOUS)
def test_la_memoire_ne_grandit_pas_avec_les_lignes(format):
    """Three times as many rows take as much memory: nothing keeps them."""

    def pic(nombre):
        fichier = fichier_de(Table("Essai", COLONNES, lambda: exports.par_lots(repeat(LIGNE, nombre))), format, "essai")
        tracemalloc.start()
        with tempfile.TemporaryFile() as sortie:
            fichier.enregistrer(sortie)
        maximum = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return maximum

    pic(10)
    assert pic(12_000) < 1.3 * pic(4_000)


# --- From the base --------------------------------------------------------------------------------------------------
REGIONS = exports.Export(
    "regions_essai",
    "Régions",
    (
        ColonneExport("code", "Code", type=TypeColonne.CODE),
        ColonneExport("nom", "Nom"),
        ColonneExport(
            "departements",
            "Départements",
            type=TypeColonne.LISTE,
            par_lot=lambda cles: {
                region.pk: [d.code for d in region.departements.all()]
                for region in Region.objects.filter(pk__in=cles).prefetch_related("departements")
            },
        ),
    ),
)


@pytest.mark.django_db
def test_ce_qu_un_chemin_n_atteint_pas_vient_par_lot_a_sa_place():
    contenu = octets_de(REGIONS.fichier("csv", Region.objects.filter(code__in=["94", "53"]).order_by("-code")))
    assert contenu.decode("utf-8-sig").splitlines()[1:] == ['94;Corse;"2A ; 2B"', '53;Bretagne;"22 ; 29 ; 35 ; 56"']


def octets_de(fichier):
    sortie = io.BytesIO()
    fichier.enregistrer(sortie)
    return sortie.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("format", TOUS)
def test_le_nombre_de_requetes_ne_grandit_pas(format, django_assert_num_queries):
    f.RegionFactory.create_batch(30)
    for lignes in (Region.objects.all()[:2], Region.objects.all()[:30]):
        with django_assert_num_queries(3):
            octets_de(REGIONS.fichier(format, lignes))


@pytest.mark.django_db
def test_un_ensemble_prepare_pour_la_page_s_exporte_tel_quel():
    lignes = Collectivite.objects.select_related("departement").prefetch_related("rattachements").defer("superficie")
    superficie = ColonneExport("superficie", "Superficie", type=TypeColonne.NOMBRE)
    export = exports.Export("x", "X", (ColonneExport("nom", "Nom"), superficie))
    commune = f.CommuneFactory(nom="Essai", superficie=Decimal("43.50"))
    contenu = octets_de(export.fichier("csv", lignes.filter(pk=commune.pk)))
    assert contenu.decode("utf-8-sig").splitlines()[1] == "Essai;43,50"


@pytest.mark.django_db
def test_la_reponse_est_un_fichier_nomme_et_date():
    fichier = REGIONS.fichier("csv", Region.objects.all(), nom="régions")
    reponse = fichier.reponse()
    assert reponse.streaming
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in reponse["Content-Disposition"]
    assert f"_{timezone.localdate().isoformat()}.csv" in reponse["Content-Disposition"]
    assert dict(fichier.reponse_vide().items()) == dict(reponse.items())


def test_un_format_inconnu_est_refuse():
    with pytest.raises(ValueError, match="pdf"):
        REGIONS.fichier("pdf", Region.objects.none())


def test_chaque_colonne_de_chaque_export_dit_ce_qu_elle_contient():
    import pilotage.views.exports  # noqa: F401 - every room's exports are then declared

    sans = [
        f"{cle}.{colonne.cle}"
        for cle, export in exports._exports.items()
        for colonne in export.colonnes
        if not (colonne.definition and colonne.libelle)
    ]
    assert not sans
    assert len(exports._exports) >= 8


@pytest.mark.django_db
def test_le_csv_a_un_fichier_compagnon_qui_definit_ses_colonnes():
    lignes = octets_de(REGIONS.definitions()).decode("utf-8-sig").splitlines()
    assert lignes[0] == "Colonne;Clé;Type;Définition;Valeurs possibles"
    assert lignes[1] == "Code;code;code, au format texte;;"
