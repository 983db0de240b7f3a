"""What was announced: what the sources name, what none breaks down, never a figure more."""

import re
from decimal import Decimal

import pytest
from django.conf import settings

from programme.annonces import NOMBRE_DE_COULEURS, Annonce, annonce_financiere
from programme.models import ChiffreAnnonce, Enveloppe
from tests.factories import ChiffreAnnonceFactory, EnveloppeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sans_enveloppe():
    Enveloppe.objects.all().delete()


def annoncer(montant):
    return ChiffreAnnonceFactory.build(valeur=Decimal(montant))


def test_les_sources_nomment_1_250_millions_sur_1_360():
    annonce = annonce_financiere(ChiffreAnnonce.objects.get(cle="montant"))
    assert (annonce.total, annonce.nomme) == (Decimal("1360000000"), Decimal("1250000000"))
    assert annonce.non_detaille == Decimal("110000000")
    assert [enveloppe.code for enveloppe in annonce.enveloppes] == ["PIC", "PIA", "BDT"]


def test_sans_total_annonce_rien_n_est_dit_du_reste():
    annonce = annonce_financiere(None)
    assert annonce.total is annonce.non_detaille is None
    assert annonce.nomme == Decimal("1250000000")


def test_des_enveloppes_qui_depassent_le_total_ne_laissent_pas_de_reste_negatif(sans_enveloppe):
    EnveloppeFactory(montant_annonce=Decimal("150"))
    annonce = annonce_financiere(annoncer("100"))
    assert annonce.non_detaille == 0
    assert annonce.segments == [{"couleur": 1, "debut": 0, "largeur": 1000}]


def test_une_enveloppe_sans_montant_est_nommee_ni_comptee_ni_dessinee(sans_enveloppe):
    inconnue, connue = EnveloppeFactory(montant_annonce=None), EnveloppeFactory(montant_annonce=Decimal(40))
    annonce = annonce_financiere(annoncer("100"))
    assert annonce.enveloppes == [inconnue, connue]
    assert (annonce.nomme, annonce.non_detaille) == (40, 60)
    # The rank is that of the row in the table: colours match.
    assert [segment["couleur"] for segment in annonce.segments] == [2, "reste"]


def test_les_planchers_sont_les_enveloppes_annoncees_pour_plus_de():
    annonce = annonce_financiere(None)
    assert [enveloppe.code for enveloppe in annonce.planchers] == ["PIA"]


def test_sans_rien_il_n_y_a_rien_a_dessiner(sans_enveloppe):
    annonce = annonce_financiere(None)
    assert (annonce.enveloppes, annonce.segments, annonce.nomme) == ([], [], 0)


def test_la_barre_est_pleine_et_sans_recouvrement():
    segments = annonce_financiere(ChiffreAnnonce.objects.get(cle="montant")).segments
    assert [segment["couleur"] for segment in segments] == [1, 2, 3, "reste"]
    assert [segment["debut"] for segment in segments] == [0, 184, 552, 920]
    assert segments[-1]["debut"] + segments[-1]["largeur"] == pytest.approx(1000, abs=len(segments))


def test_une_enveloppe_annoncee_a_zero_ne_divise_pas_par_zero():
    enveloppe = EnveloppeFactory.build(montant_annonce=Decimal(0))
    annonce = Annonce([enveloppe], total=Decimal(0), nomme=Decimal(0), non_detaille=Decimal(0))
    assert annonce.segments == [{"couleur": 1, "debut": 0, "largeur": 0}]


def test_l_annonce_se_lit_en_une_requete(django_assert_num_queries):
    total = ChiffreAnnonce.objects.get(cle="montant")
    with django_assert_num_queries(1):
        annonce_financiere(total)


def test_chaque_enveloppe_a_sa_couleur_au_dela_les_couleurs_reviennent(sans_enveloppe):
    for _ in range(NOMBRE_DE_COULEURS + 1):
        EnveloppeFactory()
    annonce = annonce_financiere(None)
    assert [enveloppe.couleur for enveloppe in annonce.enveloppes] == [*range(1, NOMBRE_DE_COULEURS + 1), 1]
    assert [segment["couleur"] for segment in annonce.segments] == [*range(1, NOMBRE_DE_COULEURS + 1), 1]


def contraste(une, autre):
    """Return the contrast of two colours (« #rrggbb »), as WCAG 2 defines it."""
    luminances = []
    for couleur in (une, autre):
        canaux = [int(couleur[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        lineaires = [canal / 12.92 if canal <= 0.04045 else ((canal + 0.055) / 1.055) ** 2.4 for canal in canaux]
        luminances.append(sum(poids * canal for poids, canal in zip((0.2126, 0.7152, 0.0722), lineaires, strict=True)))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def test_les_couleurs_de_la_barre_se_distinguent_de_ce_qui_les_separe():
    """White stands between two segments, and around the squares of the table."""
    style = (settings.BASE_DIR / "static" / "css" / "pages.css").read_text()
    couleurs = dict(re.findall(r"\.barre__segment--(\w+) { fill: (#\w{6}); background: \2; }", style))
    assert couleurs.keys() == {*map(str, range(1, NOMBRE_DE_COULEURS + 1)), "reste"}
    assert len(set(couleurs.values())) == len(couleurs)
    assert ".barre__segment { stroke: #fff; stroke-width: 2px;" in style
    assert not {nom: couleur for nom, couleur in couleurs.items() if contraste(couleur, "#ffffff") < 3}
