"""Any table of texts comes back identical, whatever the file it went through; any bytes get an answer."""

import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tableurs.lecture import FichierIllisible
from tests.tableurs.fichiers import fichier_csv, lire, ods, tableau, xlsx
from tests.tableurs.fichiers_anciens import xls

# Texts that XML and every encoding can hold.
CELLULES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=12)
SIMPLES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=12)
DIALECTES = st.tuples(
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
ENTETES = ["Code", "Nom", "Note"]


def tables(cellules):
    return st.lists(st.lists(cellules, min_size=3, max_size=3), min_size=1, max_size=6)


def lire_ou_refuser(octets, **options):
    """Return (tables, None) once every row is read, or (None, refusal)."""
    try:
        tableaux = lire(octets, **options).tableaux(mots=frozenset({"code", "nom", "note"}))
        comptes = [sum(1 for _ in resultat.lignes()) for resultat in tableaux]
    except FichierIllisible as erreur:
        return None, erreur
    assert comptes == [resultat.nombre_de_lignes for resultat in tableaux]
    return tableaux, None


def lignes(octets, **options):
    return [cellules for _, cellules in lire(octets, **options).lignes()]


@settings(deadline=None)
@given(
    tables(CELLULES | st.sampled_from(["a\nb", 'dit "oui"', "x;y", "x,y", "x|y", "", "=1+1", "\ttab", "fin\r\n"])),
    DIALECTES,
)
def test_un_csv_rend_les_textes_qu_on_y_a_ecrits(table, dialecte):
    separateur, fin, encodage = dialecte
    octets = fichier_csv([ENTETES, *table], separateur, encodage, fin)
    assert lignes(octets, separateur=separateur, encodage=encodage) == [ENTETES, *table]


@settings(deadline=None)
@given(tables(SIMPLES), st.sampled_from([";", ",", "\t", "|"]))
def test_un_csv_de_windows_rend_les_textes_qu_on_y_a_ecrits(table, separateur):
    octets = fichier_csv([ENTETES, *table], separateur, "latin-1")
    assert lignes(octets, separateur=separateur, encodage="latin-1") == [ENTETES, *table]


@settings(max_examples=40, deadline=None)
@given(tables(CELLULES))
def test_un_xlsx_rend_les_textes_qu_on_y_a_ecrits(table):
    relus = lignes(xlsx([ENTETES, *table]))
    # Empty rows at the end are not stored.
    assert relus == [ENTETES, *table][: len(relus)]
    assert not any(cellule for ligne in table[len(relus) - 1 :] for cellule in ligne)


@settings(max_examples=40, deadline=None)
@given(
    tables(
        st.text(
            st.characters(min_codepoint=33, max_codepoint=0xD000, exclude_categories=["Cc", "Cn", "Z"]),
            min_size=1,
            max_size=8,
        )
    )
)
def test_un_ods_et_un_xls_rendent_les_textes_qu_on_y_a_ecrits(table):
    assert lignes(ods([ENTETES, *table])) == lignes(xls({"A": [ENTETES, *table]})) == [ENTETES, *table]


@settings(deadline=None)
@given(tables(CELLULES), st.sampled_from([";", ",", "\t", "|"]))
@example([["", "", ""], ["", "", "0"]], ";")
@example([["", "", ""], ["", "A", "A"]], ";")
@example([["", "", ""], ["", "A", "B"], ["", "C", "D"]], ";")
@example([["", "", ""], ["", "Note", "Note"], ["", "", "A"]], ";")
def test_aucune_ligne_ne_se_perd(table, separateur):
    """Every filled row is data, total or note: the three add up to the rows of the file."""
    octets = fichier_csv([ENTETES, *table], separateur)
    remplies = {numero for numero, ligne in enumerate(table, 2) if any(c and not c.isspace() for c in ligne)}
    tableaux, erreur = lire_ou_refuser(octets, separateur=separateur, encodage="utf-8")
    if erreur:
        assert (erreur.code, remplies) == ("sans_donnees", set())
        return
    assert tableaux[0].ligne_entete == 1
    vues = [n for t in tableaux for n, _ in t.lignes()]
    apart = [n for t in tableaux for n, _ in (*t.totaux, *t.notes, *t.titres)]
    entetes = {t.ligne_entete for t in tableaux} - {1}
    assert remplies == set(vues) | set(apart) | entetes
    assert len(vues) == len(set(vues)) == sum(t.nombre_de_lignes for t in tableaux)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_des_octets_quelconques_sont_lus_ou_refuses(octets):
    _, erreur = lire_ou_refuser(octets)
    assert erreur is None or (erreur.raison and erreur.remede)


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize(
    "faire", [xlsx, ods, lambda: xls({"A": [ENTETES, ["a", "b", "c"]]})], ids=["xlsx", "ods", "xls"]
)
def test_un_classeur_abime_au_hasard_est_lu_ou_refuse(faire, data):
    octets = bytearray(faire())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    _, erreur = lire_ou_refuser(bytes(octets))
    assert erreur is None or (erreur.raison and erreur.remede)


def test_la_memoire_ne_depend_pas_de_la_taille_d_un_csv():
    def pic(nombre):
        octets = fichier_csv([ENTETES, *[["ti-8408", "Oyonnax - Bugey Sud", "x"]] * nombre])
        tracemalloc.start()
        try:
            assert sum(1 for _ in tableau(octets).lignes()) == nombre
            return tracemalloc.get_traced_memory()[1] - len(octets)
        finally:
            tracemalloc.stop()

    assert pic(40_000) < pic(4_000) + 1_000_000
