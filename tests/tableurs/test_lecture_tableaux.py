"""What stands around the data: titles, headers of two lines, several tables, totals, notes, merged cells."""

import pytest

from tableurs.lecture import FichierIllisible
from tests.tableurs.fichiers import TERRITOIRES, codes, fichier_csv, ligne_ods, lire, ods, tableau, xlsx

NOMS = [["Nom", "Code", "Population"], ["Oyonnax", "01283", 22_000], ["Gex", "01173", 12_000]]
FAIRE = pytest.mark.parametrize("faire", [xlsx, ods, fichier_csv], ids=["xlsx", "ods", "csv"])


def textes(resultat):
    return [entete.texte for entete in resultat.entetes]


def remarque(resultat, code):
    return next(r for r in resultat.remarques if r.code == code)


def cellules(resultat):
    return [ligne for _, ligne in resultat.lignes()]


@FAIRE
@pytest.mark.parametrize("vides", [0, 1, 3])
def test_des_lignes_de_titre_sont_passees_et_dites(faire, vides):
    resultat = tableau(faire([["Liste des territoires"], ["au 31 décembre 2022"], *[[]] * vides, *NOMS]))
    assert textes(resultat) == NOMS[0]
    assert resultat.ligne_entete == 3 + vides
    assert [numero for numero, _ in resultat.titres] == [1, 2]
    assert "Liste des territoires / au 31 décembre 2022" in remarque(resultat, "titres").texte


def test_un_titre_fusionne_sur_toute_la_largeur_reste_un_titre():
    octets = xlsx(NOMS, lambda _, f: f.merge_range("A1:C1", "Liste"), depart=(1, 0))
    resultat = tableau(octets)
    assert (textes(resultat), resultat.ligne_entete) == (NOMS[0], 2)


def test_un_titre_de_deux_cellules_au_dessus_d_une_ligne_vide_n_est_pas_l_en_tete():
    resultat = tableau(xlsx([["Liste", "version 3"], [], *NOMS]))
    assert (textes(resultat), resultat.ligne_entete) == (NOMS[0], 3)
    assert "Liste / version 3" in remarque(resultat, "titres").texte


def test_un_en_tete_separe_de_ses_donnees_par_une_ligne_vide_reste_le_sien():
    resultat = tableau(fichier_csv([TERRITOIRES[0], [], *TERRITOIRES[1:]]))
    assert (textes(resultat), resultat.nombre_de_lignes) == (TERRITOIRES[0], 2)


@pytest.mark.parametrize("ligne", [["", "A", "B"], ["", "A", "A"], ["", "", "A"], ["A", "B", "C", "D"]])
def test_la_seule_ligne_sous_un_en_tete_et_une_ligne_vide_est_une_donnee(ligne):
    resultat = tableau(fichier_csv([["Code", "Nom", "Note"], [], ligne]))
    assert (resultat.ligne_entete, [numero for numero, _ in resultat.lignes()]) == (1, [3])


def test_un_modele_vide_sous_son_titre_reste_sans_donnees():
    mots = frozenset({"nom", "code", "population"})
    with pytest.raises(FichierIllisible, match="que des en-têtes"):
        tableau(fichier_csv([["Liste", "version 3"], [], NOMS[0]]), mots=mots)


def test_les_mots_connus_designent_l_en_tete():
    lignes = [["Extraction", "du", "jour"], ["id_ti", "lib_ti", "x"], ["ti-1", "Gex", "y"]]
    assert tableau(fichier_csv(lignes)).ligne_entete == 1
    assert tableau(fichier_csv(lignes), mots=frozenset({"id ti", "lib ti"})).ligne_entete == 2


def test_l_en_tete_peut_etre_impose():
    lignes = [["Extraction", "du", "jour"], ["id_ti", "lib_ti", "x"], ["ti-1", "Gex", "y"]]
    resultat = tableau(fichier_csv(lignes), ligne_entete=2)
    assert (textes(resultat), list(resultat.lignes())) == (lignes[1], [(3, lignes[2])])
    with pytest.raises(FichierIllisible, match="vide"):
        tableau(fichier_csv(lignes), ligne_entete=9)


def test_des_donnees_sans_en_tete_ne_sont_pas_perdues():
    resultat = tableau(fichier_csv([["01002", "2018"], ["01004", "2019"]]))
    assert not {"titres"} & codes(resultat.remarques)
    assert "à vérifier" in remarque(resultat, "entete_incertain").texte


def test_des_annees_peuvent_nommer_des_colonnes():
    resultat = tableau(xlsx([["Nom", 2018, 2019], ["Gex", 12.5, 13.5]]))
    assert textes(resultat) == ["Nom", "2018", "2019"]


def fusionner(_, feuille):
    feuille.merge_range("A1:A2", "Nom")
    feuille.merge_range("B1:C1", "Région")
    feuille.merge_range("D1:E1", "Département")
    feuille.write_row("B2", ["Code", "Libellé", "Code", "Libellé"])
    feuille.write_row("A3", ["Gex", "84", "Auvergne-Rhône-Alpes", "01", "Ain"])


JOINTS = ["Nom", "Région › Code", "Région › Libellé", "Département › Code", "Département › Libellé"]


def test_un_en_tete_de_deux_lignes_fusionnees_est_joint():
    resultat = tableau(xlsx([], fusionner))
    assert textes(resultat) == JOINTS
    assert list(resultat.lignes()) == [(3, ["Gex", "84", "Auvergne-Rhône-Alpes", "01", "Ain"])]
    assert "(1 et 2)" in remarque(resultat, "entete_double").texte


def test_un_en_tete_de_deux_lignes_fusionnees_sous_un_titre_est_joint():
    def ecrire(classeur, feuille):
        feuille.merge_range("A1:E1", "Liste des territoires")
        feuille.merge_range("A3:A4", "Nom")
        feuille.merge_range("B3:C3", "Région")
        feuille.merge_range("D3:E3", "Département")
        feuille.write_row("B4", ["Code", "Libellé", "Code", "Libellé"])
        feuille.write_row("A5", ["Gex", "84", "Auvergne-Rhône-Alpes", "01", "Ain"])

    resultat = tableau(xlsx([], ecrire))
    assert (textes(resultat), resultat.ligne_entete) == (JOINTS, 4)


def test_un_en_tete_de_deux_lignes_d_un_ods_est_joint():
    haut = (
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>Nom</text:p>'
        '</table:table-cell><table:table-cell office:value-type="string" table:number-columns-spanned="2">'
        "<text:p>Région</text:p></table:table-cell><table:covered-table-cell/>"
    )
    bas = ligne_ods("<table:covered-table-cell/>", "Code", "Libellé")
    resultat = tableau(ods([ligne_ods(haut), bas, ["Gex", "84", "Auvergne"]]))
    assert textes(resultat) == JOINTS[:3]


def test_un_en_tete_de_deux_lignes_d_un_csv_est_joint_quand_des_noms_se_repetent():
    lignes = [["Nom", "Région", "", "Département", ""], ["", "Code", "Libellé", "Code", "Libellé"]]
    resultat = tableau(fichier_csv([*lignes, ["Gex", "84", "Auvergne-Rhône-Alpes", "01", "Ain"]]))
    assert textes(resultat) == JOINTS


@FAIRE
def test_deux_tableaux_l_un_sous_l_autre_sont_dits_le_premier_propose(faire):
    octets = faire([*NOMS, [], ["Contacts des communes"], ["Commune", "Courriel"], ["Gex", "mairie@gex.invalid"]])
    premier, second = lire(octets).tableaux()
    assert (textes(premier), premier.nombre_de_lignes) == (NOMS[0], 2)
    assert cellules(second) == [["Gex", "mairie@gex.invalid"]]
    assert "2\xa0tableaux" in remarque(premier, "plusieurs_tableaux").texte
    assert (premier.rang, second.rang) == (0, 1)
    assert second.place == "colonnes A à B, lignes 6 à 7"
    lieu = "dans ce fichier" if faire is fichier_csv else "sur la feuille «\xa0Feuille\xa0»"
    attendu = f"2\xa0tableaux {lieu}\xa0: seul le 2e est lu (colonnes A à B, lignes 6 à 7)."
    assert remarque(second, "plusieurs_tableaux").texte == attendu


@FAIRE
def test_un_tableau_se_choisit_par_son_rang(faire):
    classeur = lire(faire([*NOMS, [], ["Contacts"], ["Commune", "Courriel"], ["Gex", "mairie@gex.invalid"]]))
    assert textes(classeur.tableau(rang=1)) == ["Commune", "Courriel"]
    for rang in (2, -1):
        with pytest.raises(FichierIllisible, match="Choisissez de 1 à 2") as illisible:
            classeur.tableau(rang=rang)
        assert illisible.value.code == "tableau_absent"
    with pytest.raises(FichierIllisible, match="Il n'y en a qu'un"):
        lire(faire(TERRITOIRES)).tableau(rang=1)


@FAIRE
def test_deux_tableaux_cote_a_cote_sont_dits(faire):
    lignes = [
        ["Code", "Nom", "", "Code", "Nom"],
        ["ti-1", "Gex", "", "84", "Auvergne"],
        ["ti-2", "Oyonnax", "", "27", "Bourgogne"],
    ]
    gauche, droite = lire(faire(lignes)).tableaux()
    assert cellules(gauche) == [["ti-1", "Gex"], ["ti-2", "Oyonnax"]]
    assert cellules(droite) == [["84", "Auvergne"], ["27", "Bourgogne"]]
    assert droite.entetes[0].colonne == "D"


def test_deux_tableaux_cote_a_cote_de_hauteurs_differentes_sont_dits():
    lignes = [["Nom", "Code", "", "Région", "Chef-lieu"], ["Gex", "1", "", "Bretagne", "Rennes"], ["Oyonnax", "2"]]
    assert [t.nombre_de_lignes for t in lire(xlsx(lignes)).tableaux()] == [2, 1]


def test_une_colonne_vide_au_milieu_ne_coupe_pas_le_tableau():
    lignes = [["Nom", "Code", "", "Région", "Note"], ["Gex", "1", "", "Bretagne", "x"], ["Oyonnax", "2", "", "Corse"]]
    resultat = tableau(xlsx(lignes))
    assert textes(resultat) == ["Nom", "Code", "Région", "Note"]
    assert cellules(resultat)[1] == ["Oyonnax", "2", "Corse", ""]
    assert "C" in remarque(resultat, "colonnes_vides").texte


@FAIRE
def test_des_lignes_vides_au_milieu_ne_coupent_pas_le_tableau(faire):
    resultat = tableau(faire([*TERRITOIRES, [], [], *TERRITOIRES[1:]]))
    assert [numero for numero, _ in resultat.lignes()] == [2, 3, 6, 7]
    assert "4 et 5" in remarque(resultat, "lignes_vides").texte


def test_une_ligne_de_textes_apres_une_ligne_vide_n_ouvre_pas_un_tableau():
    """Otherwise « n.c. » for a number would cut the table in two, and its end would be forgotten."""
    resultat = tableau(xlsx([*NOMS, [], ["Bourg", "01053", "n.c."], ["Nantua", "01269", 3_500]]))
    assert resultat.nombre_de_lignes == 4


@FAIRE
@pytest.mark.parametrize("mot", ["Total", "TOTAL GÉNÉRAL", "Sous-total", "Ensemble", "Total Auvergne"])
@pytest.mark.parametrize("vides", [0, 1])
def test_un_total_est_mis_a_part_et_dit(faire, mot, vides):
    resultat = tableau(faire([*NOMS, *[[]] * vides, [mot, "", 34_000]]))
    assert resultat.nombre_de_lignes == len(cellules(resultat)) == 2
    assert [numero for numero, _ in resultat.totaux] == [4 + vides]
    assert "mises à part" in remarque(resultat, "totaux").texte


@pytest.mark.parametrize(
    "derniere",
    [["Total Énergies", "01173", 12_000], ["Totainville", "88470", ""], ["Total Énergies", "", "n.c."]],
)
def test_une_ligne_de_donnees_qui_commence_comme_un_total_n_en_est_pas_un(derniere):
    assert tableau(xlsx([*NOMS, derniere])).nombre_de_lignes == 3


def test_un_sous_total_au_milieu_reste_une_ligne():
    resultat = tableau(xlsx([*NOMS, ["Total", "", 34_000], NOMS[1]]))
    assert resultat.nombre_de_lignes == 4
    assert resultat.totaux == []


@FAIRE
def test_une_note_sous_le_tableau_est_mise_a_part_et_dite(faire):
    resultat = tableau(faire([*NOMS, ["Total", "", 34_000], [], ["Source : INSEE, 2022"], ["Traitement : ANCT"]]))
    assert resultat.nombre_de_lignes == 2
    assert [numero for numero, _ in resultat.totaux] == [4]
    assert [numero for numero, _ in resultat.notes] == [6, 7]
    assert {"notes", "totaux"} <= codes(resultat.remarques)


def test_une_valeur_fusionnee_sur_plusieurs_lignes_vaut_pour_chacune_et_c_est_dit():
    def ecrire(_, feuille):
        feuille.merge_range("A2:A4", "ti-8408")
        for rang, siren in enumerate(["1", "2", "3", "4"], 1):
            feuille.write_string(rang, 1, siren)
        feuille.write_string("A5", "ti-0101")

    resultat = tableau(xlsx([["id_ti", "siren"]], ecrire))
    assert cellules(resultat) == [["ti-8408", "1"], ["ti-8408", "2"], ["ti-8408", "3"], ["ti-0101", "4"]]
    assert remarque(resultat, "fusions").ligne == 2


def test_une_colonne_sans_en_tete_est_gardee_et_dite():
    resultat = tableau(xlsx([["Nom", "Code"], ["Gex", "1", "suivi par Anne"]]))
    assert (textes(resultat), cellules(resultat)) == (["Nom", "Code", ""], [["Gex", "1", "suivi par Anne"]])
    assert remarque(resultat, "colonnes_sans_entete").colonne == "C"


def test_un_en_tete_sur_deux_lignes_dans_sa_cellule_se_lit_sur_une():
    assert textes(tableau(xlsx([["Code\nINSEE", "Nom  de la commune"], ["01002", "L'Abergement"]]))) == [
        "Code INSEE",
        "Nom de la commune",
    ]


def test_beaucoup_de_lignes_masquees_se_disent_sans_les_nommer_toutes():
    def masquer(_, feuille):
        for rang in range(1, 101):
            feuille.set_row(rang, None, None, {"hidden": True})

    texte = remarque(tableau(xlsx([NOMS[0], *[NOMS[1]] * 100], masquer)), "lignes_masquees").texte
    assert "2, 3, 4, 5, 6 et 95\xa0autres" in texte
