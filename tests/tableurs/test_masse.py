"""Many rows at once: what is written is what the ORM would have written, on both databases."""

import datetime
import gc
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext, isolate_apps
from django.utils import timezone

from tableurs import masse
from territoires.models import Region
from tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db

SPECIAUX = "tab\tligne\nretour\rbarre\\n \\N \\. guillemets\"' accents éœ€ emoji 🏭 nul'"
VALEURS = {
    "texte": SPECIAUX,
    "long": "x" * 5000 + SPECIAUX,
    "entier": -42,
    "grand": 2**60,
    "reel": 0.1,
    "montant": Decimal("1234567.89"),
    "booleen": True,
    "jour": datetime.date(2019, 3, 12),
    "instant": datetime.datetime(2019, 3, 12, 14, 5, 6, 123456, tzinfo=datetime.UTC),
    "heure": datetime.time(23, 59, 59),
    "duree": datetime.timedelta(days=-3, hours=5, microseconds=7),
    "octets": b"\x00\\x01\t\n\xff",
    "objet": {"a": [1, None, "é\\\t\n"], "b": {"c": True}},
    "identite": uuid.UUID("12345678-1234-5678-1234-567812345678"),
}
AUTRES = VALEURS | {"texte": "", "entier": 0, "booleen": False, "objet": [], "montant": Decimal("0.10")}
VIDES = dict.fromkeys(VALEURS)


@pytest.fixture
def essai():
    """A model with a field of each kind, all nullable, and its table."""
    with isolate_apps("tableurs"):

        class Essai(models.Model):
            texte = models.CharField(max_length=200, null=True)  # noqa: DJ001
            long = models.TextField(null=True)  # noqa: DJ001
            entier = models.IntegerField(null=True)
            grand = models.BigIntegerField(null=True)
            reel = models.FloatField(null=True)
            montant = models.DecimalField(max_digits=12, decimal_places=2, null=True)
            booleen = models.BooleanField(null=True)
            jour = models.DateField(null=True)
            instant = models.DateTimeField(null=True)
            heure = models.TimeField(null=True)
            duree = models.DurationField(null=True)
            octets = models.BinaryField(null=True)
            objet = models.JSONField(null=True)
            identite = models.UUIDField(null=True)
            cree_le = models.DateTimeField(auto_now_add=True)
            change_le = models.DateTimeField(auto_now=True)

            class Meta:
                app_label = "tableurs"
                db_table = "essai_de_masse"

    ordre, parametres = connection.SchemaEditorClass(connection).table_sql(Essai)
    with connection.cursor() as curseur:
        curseur.execute(ordre, parametres or None)
    return Essai


def lues(modele):
    return [
        {nom: bytes(valeur) if isinstance(valeur, memoryview) else valeur for nom, valeur in ligne.items()}
        for ligne in modele.objects.order_by("pk").values(*VALEURS)
    ]


def test_chaque_type_est_insere_comme_il_est(essai):
    masse.inserer(essai, [essai(pk=5, **VALEURS), essai(pk=7, **VIDES), essai(pk=9, **AUTRES)])
    assert lues(essai) == [VALEURS, VIDES, AUTRES]
    assert essai.objects.filter(objet__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ([VIDES, VIDES, VIDES], [VALEURS, VIDES, AUTRES]),
        ([VALEURS, VALEURS, VALEURS], [VIDES, AUTRES, VALEURS]),
        ([VALEURS, AUTRES, VALEURS], [VIDES, VIDES, VIDES]),
    ],
)
def test_chaque_type_est_modifie_meme_melange_a_des_vides(essai, avant, apres):
    objets = [essai(pk=pk, **valeurs) for pk, valeurs in zip((1, 2, 3), avant, strict=True)]
    masse.inserer(essai, objets)
    for objet, valeurs in zip(objets, apres, strict=True):
        for nom, valeur in valeurs.items():
            setattr(objet, nom, valeur)
    masse.modifier(essai, sorted(VALEURS), objets)
    assert lues(essai) == apres


def test_les_dates_qui_se_mettent_seules_le_sont(essai):
    debut = timezone.now()
    masse.inserer(essai, [essai(pk=1)])
    objet = essai.objects.get()
    assert debut <= objet.cree_le <= objet.change_le <= timezone.now()
    masse.modifier(essai, ["entier"], [essai.objects.get()])
    change = essai.objects.get()
    assert change.cree_le == objet.cree_le
    assert change.change_le > objet.change_le


def test_un_texte_trop_long_n_est_jamais_coupe():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite ne borne pas la longueur des textes")
    region = Region.objects.first()
    region.nom = "x" * 101
    with pytest.raises(Exception, match="too long"):
        masse.modifier(Region, ["nom"], [region])


def test_les_cles_reservees_sont_libres_et_suivent(essai):
    premieres = masse.reserver_cles(essai, 3)
    masse.inserer(essai, [essai(pk=cle) for cle in premieres])
    assert essai.objects.create().pk > max(premieres)
    suivantes = masse.reserver_cles(essai, 2)
    assert min(suivantes) > essai.objects.latest("pk").pk
    assert len({*premieres, *suivantes}) == 5


def test_sans_cle_la_base_en_donne_une(essai):
    masse.inserer(essai, [essai(entier=rang) for rang in range(3)])
    assert list(essai.objects.order_by("pk").values_list("entier", flat=True)) == [0, 1, 2]


def test_un_type_inconnu_n_est_pas_copie_au_hasard():
    with pytest.raises(TypeError):
        masse._texte_de_copie(object())


def test_l_historique_dit_qui_quoi_et_pourquoi():
    personne = UtilisateurFactory()
    regions = list(Region.objects.all()[:2])
    for genre in "+~-":
        masse.historiser(Region, regions, genre, personne, f"Import {genre}")
    for region in regions:
        traces = region.historique.order_by("pk").values_list(
            "history_type", "history_user", "history_change_reason", "nom"
        )
        assert list(traces)[-3:] == [(genre, personne.pk, f"Import {genre}", region.nom) for genre in "+~-"]


def test_le_nombre_de_requetes_ne_croit_qu_avec_les_lots(essai, monkeypatch):
    monkeypatch.setattr(masse, "TAILLE_DE_LOT", 10)
    with CaptureQueriesContext(connection) as requetes:
        masse.inserer(essai, [essai(entier=rang) for rang in range(25)])
    assert len(requetes) <= 3
    assert essai.objects.count() == 25


def test_rien_n_est_insere_si_une_ligne_est_refusee():
    nombre = Region.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        masse.inserer(Region, [Region(code="ZZ", nom="Nouvelle"), Region(code="YY", nom=Region.objects.first().nom)])
    assert Region.objects.count() == nombre


def test_le_ramassage_reprend_meme_apres_une_erreur():
    @masse.sans_ramassage()
    def echouer():
        assert not gc.isenabled()
        raise ValueError("essai")

    with pytest.raises(ValueError, match="essai"):
        echouer()
    assert gc.isenabled()
