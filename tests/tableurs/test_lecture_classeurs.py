"""Workbooks: what is in the cells, and what is said of the rest."""

import datetime
import tempfile
from pathlib import Path

import pytest

from tableurs.lecture import Format
from tests.tableurs.fichiers import (
    TERRITOIRES,
    archive,
    cellule_ods,
    codes,
    ligne_ods,
    lignes_xml,
    lire,
    ods,
    ods_brut,
    parties_xlsx,
    tableau,
    xlsx,
    xlsx_brut,
)
from tests.tableurs.fichiers_anciens import ERREUR_NA, colonne_masquee, enregistrement, ligne_masquee, xls

# Cells have no time zone.
JOUR = datetime.datetime(2019, 3, 12)  # noqa: DTZ001
MOMENT = datetime.datetime(2019, 3, 12, 10, 30)  # noqa: DTZ001
LIGNES = [(rang, ligne) for rang, ligne in enumerate(TERRITOIRES[1:], 2)]
PARTOUT = pytest.mark.parametrize("octets", [xlsx(), ods(), xls({"Feuille": TERRITOIRES})], ids=["xlsx", "ods", "xls"])


def remarque(resultat, code):
    return next(r for r in resultat.remarques if r.code == code)


@PARTOUT
def test_chaque_format_donne_les_memes_lignes(octets):
    resultat = tableau(octets)
    assert list(resultat.lignes()) == LIGNES
    assert [(e.colonne, e.texte) for e in resultat.entetes] == list(zip("ABC", TERRITOIRES[0], strict=True))
    assert (resultat.feuille, resultat.ligne_entete, resultat.nombre_de_lignes) == ("Feuille", 1, 2)


@PARTOUT
def test_les_lignes_se_relisent(octets):
    resultat = tableau(octets)
    assert list(resultat.lignes()) == list(resultat.lignes())


@pytest.mark.parametrize("decalage", [(0, 2), (3, 0), (4, 27)])
def test_les_lignes_et_les_colonnes_sont_celles_d_excel(decalage):
    resultat = tableau(xlsx(depart=decalage))
    assert [numero for numero, _ in resultat.lignes()] == [decalage[0] + 2, decalage[0] + 3]
    assert resultat.entetes[0].colonne == {0: "A", 2: "C", 27: "AB"}[decalage[1]]


def test_un_classeur_xls_qui_commence_plus_loin_garde_ses_adresses():
    resultat = tableau(xls({"A": [[], [], ["", "", "nom", "code"], ["", "", "a", 1]]}))
    assert (resultat.entetes[0].colonne, list(resultat.lignes())) == ("C", [(4, ["a", 1])])


def test_les_types_natifs_sont_gardes():
    def ecrire(classeur, feuille):
        jour = classeur.add_format({"num_format": "dd/mm/yyyy"})
        moment = classeur.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        feuille.write_datetime(1, 3, JOUR, jour)
        feuille.write_datetime(1, 4, MOMENT, moment)
        feuille.write_boolean(1, 5, True)

    octets = xlsx([["code", "part", "nom", "jour", "moment", "vrai"], [1002.0, 0.5, "01002"]], ecrire)
    cellules = next(tableau(octets).lignes())[1]
    attendues = [1002, 0.5, "01002", datetime.date(2019, 3, 12), MOMENT, True]
    assert cellules == attendues
    assert [type(c) for c in cellules] == [type(c) for c in attendues]


def test_un_classeur_de_1904_dit_son_calendrier_et_donne_les_bonnes_dates():
    def ecrire(classeur, feuille):
        feuille.write_datetime(1, 1, JOUR, classeur.add_format({"num_format": "dd/mm/yyyy"}))

    octets = xlsx([["nom", "jour"], ["a"]], ecrire, date_1904=True)
    assert lire(octets).epoque == 1904
    assert next(tableau(octets).lignes())[1] == ["a", datetime.date(2019, 3, 12)]
    assert lire(xlsx()).epoque == lire(ods()).epoque == lire(xls({"A": TERRITOIRES})).epoque == 1900
    assert lire(xls({"A": TERRITOIRES}, globaux=enregistrement(0x22, b"\1\0"))).epoque == 1904


def test_les_cellules_d_un_ods_gardent_leurs_types():
    jour = cellule_ods("12/03/19").replace('"string"', '"date" office:date-value="2019-03-12"')
    resultat = tableau(ods([["code", "nom", "jour"], ligne_ods(1002, "deux\nlignes", jour)]))
    assert list(resultat.lignes()) == [(2, [1002, "deux\nlignes", datetime.date(2019, 3, 12)])]


@pytest.mark.parametrize("options", [{"prefixe": "x:"}, {"adresses": False}])
def test_les_facons_rares_d_ecrire_une_feuille_sont_lues(options):
    donnees = lignes_xml(TERRITOIRES, **options)
    assert list(tableau(xlsx_brut(donnees, prefixe=options.get("prefixe", ""))).lignes()) == LIGNES


def test_les_macros_sont_ignorees_et_dites():
    classeur = lire(archive(parties_xlsx(lignes_xml(TERRITOIRES)) | {"xl/vbaProject.bin": b"\xd0\xcf"}))
    assert classeur.format == Format.XLSM
    assert "macros" in codes(classeur.remarques)
    assert list(classeur.tableaux()[0].lignes()) == LIGNES


def test_les_liens_externes_sont_dits_et_pas_ouverts():
    classeur = lire(archive(parties_xlsx(lignes_xml(TERRITOIRES)) | {"xl/externalLinks/externalLink1.xml": "<a/>"}))
    assert "liens_externes" in codes(classeur.remarques)
    lien = cellule_ods("x", table__formula="of:='file:///tmp/a.ods'#$A.B1")
    assert "liens_externes" in codes(lire(ods([["nom", "lien"], ligne_ods("a", lien)])).remarques)


def test_les_feuilles_masquees_sont_dites_et_se_choisissent():
    def ecrire(classeur, _):
        autre = classeur.add_worksheet("Cachée")
        autre.write_row(0, 0, ["nom", "code"])
        autre.write_row(1, 0, ["a", "b"])
        autre.hide()

    classeur = lire(xlsx(apres=ecrire))
    assert [(f.nom, f.masquee) for f in classeur.feuilles] == [("Feuille", False), ("Cachée", True)]
    assert "Cachée" in remarque(classeur, "feuilles_masquees").texte
    assert list(classeur.tableaux("Cachée")[0].lignes()) == [(2, ["a", "b"])]


def test_la_premiere_feuille_visible_est_proposee():
    styles = (
        '<style:style style:name="s" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    tables = '<table:table table:name="Cachée" table:style-name="s">' + ligne_ods("x", "y") + "</table:table>"
    tables += '<table:table table:name="Vue">' + ligne_ods("nom", "code") + ligne_ods("a", "b") + "</table:table>"
    classeur = lire(ods_brut(tables, styles))
    assert classeur.feuilles[0].masquee
    assert classeur.tableaux()[0].feuille == "Vue"


def test_les_feuilles_de_graphique_ne_sont_pas_des_feuilles():
    def ecrire(classeur, _):
        graphique = classeur.add_chart({"type": "column"})
        graphique.add_series({"values": "=Feuille!$A$1:$A$3"})
        classeur.add_chartsheet("Courbe").set_chart(graphique)

    assert [f.nom for f in lire(xlsx(apres=ecrire)).feuilles] == ["Feuille"]


def masquer(_, feuille):
    feuille.set_row(1, None, None, {"hidden": True})
    feuille.set_column(2, 2, None, None, {"hidden": True})


@pytest.mark.parametrize(
    "octets",
    [
        xlsx(apres=masquer),
        ods(
            [TERRITOIRES[0], ligne_ods(*TERRITOIRES[1], table__visibility="collapse"), TERRITOIRES[2]],
            colonnes='<table:table-column table:number-columns-repeated="2"/>'
            '<table:table-column table:visibility="collapse"/>',
        ),
        xls({"Feuille": TERRITOIRES}, ligne_masquee(2) + colonne_masquee(2)),
    ],
    ids=["xlsx", "ods", "xls"],
)
def test_les_lignes_et_colonnes_masquees_sont_lues_et_dites(octets):
    resultat = tableau(octets)
    assert list(resultat.lignes()) == LIGNES
    assert remarque(resultat, "lignes_masquees").ligne == 2
    assert remarque(resultat, "colonnes_masquees").colonne == "C"


def test_les_lignes_filtrees_sont_lues_et_dites():
    def filtrer(_, feuille):
        feuille.autofilter(0, 0, 2, 2)
        feuille.set_row(2, None, None, {"hidden": True})

    resultat = tableau(xlsx(apres=filtrer))
    assert resultat.nombre_de_lignes == 2
    assert "masquées ou filtrées" in remarque(resultat, "lignes_masquees").texte
    filtree = ligne_ods(*TERRITOIRES[2], table__visibility="filter")
    assert "filtrées" in remarque(tableau(ods([*TERRITOIRES[:2], filtree])), "lignes_masquees").texte


@pytest.mark.parametrize(
    "octets",
    [
        xlsx(apres=lambda _, feuille: feuille.write_comment("B3", "À revoir")),
        ods(
            [
                *TERRITOIRES[:2],
                ligne_ods(
                    "ti-1",
                    '<table:table-cell office:value-type="string"><office:annotation><text:p>À revoir</text:p>'
                    "</office:annotation><text:p>Nom</text:p></table:table-cell>",
                ),
            ]
        ),
        xls({"Feuille": TERRITOIRES}, enregistrement(0x1C, b"\x02\0\x01\0" + bytes(8))),
    ],
    ids=["xlsx", "ods", "xls"],
)
def test_les_commentaires_ne_sont_pas_lus_et_c_est_dit(octets):
    assert "B3" in remarque(tableau(octets), "commentaires").texte


def test_un_commentaire_sur_un_en_tete_ne_derange_personne():
    octets = xlsx(apres=lambda _, feuille: feuille.write_comment("A1", "Code du territoire"))
    assert tableau(octets).remarques == []


def test_une_couleur_qui_distingue_des_lignes_est_signalee():
    def colorer(classeur, feuille):
        feuille.write_string(2, 1, "rouge", classeur.add_format({"bg_color": "#FF0000"}))

    assert remarque(tableau(xlsx(apres=colorer)), "couleurs").colonne == "B"
    styles = (
        '<style:style style:name="r" style:family="table-cell">'
        '<style:table-cell-properties fo:background-color="#ff0000"/></style:style>'
    )
    rangees = ligne_ods("a", "b") + ligne_ods("1", "2") + ligne_ods("3", cellule_ods("4", table__style_name="r"))
    assert remarque(
        tableau(ods_brut(f'<table:table table:name="A">{rangees}</table:table>', styles)), "couleurs"
    ).colonne == "B"  # fmt: skip


@pytest.mark.parametrize("couleur", ["#FFFFFF", "#FFFF00"])
def test_des_en_tetes_colores_ou_une_colonne_unie_n_ont_pas_de_sens_cache(couleur):
    def colorer(classeur, feuille):
        fond = classeur.add_format({"bg_color": couleur})
        feuille.write_row(0, 0, TERRITOIRES[0], fond)
        for rang in (1, 2):
            feuille.write_string(rang, 2, "x", fond)

    assert tableau(xlsx(apres=colorer)).remarques == []


def test_une_formule_donne_sa_derniere_valeur_et_rien_n_est_calcule():
    def ecrire(_, feuille):
        feuille.write_formula(1, 1, "=1+1", None, 2)
        feuille.write_formula(2, 1, '=HYPERLINK("http://exemple.invalid")', None, "lien")

    resultat = tableau(xlsx([["nom", "somme"], ["a"], ["b"]], ecrire))
    assert list(resultat.lignes()) == [(2, ["a", 2]), (3, ["b", "lien"])]
    assert "2\xa0formules" in remarque(resultat, "formules").texte
    assert "formules_sans_valeur" not in codes(resultat.remarques)


@pytest.mark.parametrize("valeur", ["", "<v></v>", "<v/>"])
def test_une_formule_sans_valeur_enregistree_est_dite(valeur):
    donnees = lignes_xml([["nom", "somme"], ["a"]]).replace(
        "</row></sheetData>", f'<c r="B2"><f>1+1</f>{valeur}</c></row></sheetData>'
    )
    resultat = tableau(xlsx_brut(donnees))
    assert remarque(resultat, "formules_sans_valeur").texte.count("B2") == 1
    assert list(resultat.lignes()) == [(2, ["a", ""])]


def test_une_formule_qui_rend_un_texte_vide_a_bien_une_valeur():
    donnees = lignes_xml([["nom", "somme"], ["a"]]).replace(
        "</row></sheetData>", '<c r="B2" t="str"><f>""</f><v></v></c></row></sheetData>'
    )
    assert "formules_sans_valeur" not in codes(tableau(xlsx_brut(donnees)).remarques)


@pytest.mark.parametrize(
    "octets",
    [
        xlsx([["nom", "code"], ["a", "x"], ["b"]], lambda _, f: f.write_formula("B3", "=NA()", None, "#N/A")),
        ods(
            [
                ["nom", "code"],
                ["a", "x"],
                ligne_ods("b", cellule_ods("#N/A", office__string_value="", calcext__value_type="error")),
            ]
        ),
        xls({"Feuille": [["nom", "code"], ["a", "x"], ["b", ERREUR_NA]]}),
        xls({"Feuille": [["nom", "code"], ["a", "x"], ["b", (0x06, b"\2\0\x2a\0\0\0\xff\xff" + bytes(8))]]}),
    ],
    ids=["xlsx", "ods", "xls", "xls, formule"],
)
def test_une_cellule_en_erreur_n_est_pas_lue_comme_vide(octets):
    """The library gives it as empty, which would lose it without a word."""
    resultat = tableau(octets)
    assert list(resultat.lignes()) == [(2, ["a", "x"]), (3, ["b", "#N/A"])]
    assert "B3" in remarque(resultat, "erreurs").texte


def test_des_cellules_mises_en_forme_jusqu_en_bas_ne_comptent_pas():
    def ecrire(classeur, feuille):
        fond = classeur.add_format({"bg_color": "#FF0000"})
        feuille.write_blank(1_048_575, 300, None, fond)

    assert list(tableau(xlsx(apres=ecrire)).lignes()) == LIGNES


def test_des_lignes_vides_repetees_jusqu_en_bas_d_un_ods_ne_comptent_pas():
    bas = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    assert list(tableau(ods([*TERRITOIRES, bas])).lignes()) == LIGNES


def test_une_ligne_repetee_d_un_ods_est_lue_autant_de_fois():
    resultat = tableau(ods([["a", "b"], ligne_ods("x", "y", table__number_rows_repeated="3")]))
    assert [numero for numero, _ in resultat.lignes()] == [2, 3, 4]


def test_le_format_ancien_dit_ce_qu_il_ne_permet_pas():
    assert "format_ancien" in codes(lire(xls({"A": TERRITOIRES})).remarques)


def test_rien_ne_reste_sur_le_disque(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with lire(xlsx()) as classeur:
        list(classeur.tableaux()[0].lignes())
    assert list(Path(tmp_path).iterdir()) == []
