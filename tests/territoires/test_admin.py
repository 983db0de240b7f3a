"""The admin of the lists: what is checked before the members of a territory are written, and what follows."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.html import escape

from territoires.admin import listes
from territoires.models import Collectivite, Territoire
from tests import factories as f

pytestmark = pytest.mark.django_db

J = datetime.date
AVANT, JOUR, APRES = J(2018, 12, 31), J(2019, 6, 1), J(2020, 1, 1)


@pytest.fixture
def alice(client):
    personne = f.AdministrateurFactory(prenom="Alice", nom="Admin")
    client.force_login(personne)
    return personne


@pytest.fixture
def admin_client(client, alice):
    return client


@pytest.fixture
def appliquees(monkeypatch):
    """The lists whose perimeters were asked for; drawing them takes seconds and is tested with `perimetres`."""
    demandees = []
    monkeypatch.setattr(listes, "appliquer", demandees.append)
    return demandees


@pytest.fixture
def liste():
    return f.ListeFactory(date=JOUR)


@pytest.fixture
def inscription(liste):
    inscrite = f.InscriptionFactory(liste=liste, nom="Val d'Essai")
    f.CompositionFactory(inscription=inscrite, collectivite=epci_de(f.CommuneFactory()))
    return inscrite


def epci_de(*communes, **attributs):
    epci = f.EpciFactory(**attributs)
    for commune in communes:
        f.RattachementFactory(commune=commune, groupement=epci)
    return epci


def adresse(objet, action="change"):
    return reverse(f"admin:territoires_{objet._meta.model_name}_{action}", args=[objet.pk])


def formulaire(inscription, nouveaux=(), **champs):
    """Return what the page of an inscription sends: its members, then `nouveaux`."""
    donnees = {
        "territoire": inscription.territoire_id,
        "code": inscription.code,
        "nom": inscription.nom,
        "region": inscription.region_id,
        "fiabilite": inscription.fiabilite,
        "source": inscription.source,
    }
    membres = list(inscription.compositions.order_by("pk"))
    for rang, membre in enumerate(membres):
        donnees |= {
            f"compositions-{rang}-id": membre.pk,
            f"compositions-{rang}-inscription": inscription.pk,
            f"compositions-{rang}-du": membre.du or "",
            f"compositions-{rang}-au": membre.au or "",
        }
    for rang, collectivite in enumerate(nouveaux, start=len(membres)):
        donnees |= {
            f"compositions-{rang}-id": "",
            f"compositions-{rang}-inscription": inscription.pk,
            f"compositions-{rang}-collectivite": collectivite.pk,
        }
    return donnees | {
        "compositions-TOTAL_FORMS": len(membres) + len(nouveaux),
        "compositions-INITIAL_FORMS": len(membres),
        **champs,
    }


def refus(reponse):
    """Return the page of a form that was refused, as its text reads."""
    assert reponse.status_code == 200
    return reponse.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def messages(reponse):
    textes = [str(message) for message in get_messages(reponse.wsgi_request)]
    return " ".join(textes).replace("\N{NO-BREAK SPACE}", " ")


# --- Members


def test_un_membre_ajoute_recalcule_les_perimetres_et_le_dit(admin_client, inscription, appliquees):
    nouveau = epci_de(f.CommuneFactory())
    reponse = admin_client.post(adresse(inscription), formulaire(inscription, [nouveau]))
    assert reponse.status_code == 302
    assert inscription.compositions.filter(collectivite=nouveau).exists()
    assert appliquees == [inscription.liste]
    assert "ont été recalculés" in messages(reponse)


def test_sans_changement_de_membres_rien_n_est_recalcule(admin_client, inscription, appliquees):
    reponse = admin_client.post(adresse(inscription), formulaire(inscription, source="Journal officiel"))
    assert reponse.status_code == 302
    inscription.refresh_from_db()
    assert inscription.source == "Journal officiel"
    assert appliquees == []


def test_une_autre_region_pilote_se_dessine_ailleurs(admin_client, inscription, appliquees):
    autre = f.RegionFactory()
    admin_client.post(adresse(inscription), formulaire(inscription, region=autre.pk))
    assert appliquees == [inscription.liste]


def test_une_commune_deja_prise_est_refusee_en_nommant_qui_l_a(admin_client, inscription, liste, appliquees):
    commune = f.CommuneFactory(nom="Tergny")
    voisine = f.InscriptionFactory(liste=liste, nom="La Voisine")
    f.CompositionFactory(inscription=voisine, collectivite=epci_de(commune))
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [commune])))
    assert f"Tergny est déjà dans « La Voisine ({voisine.code}) »" in html
    assert not inscription.compositions.filter(collectivite=commune).exists()
    assert appliquees == []


def test_les_communes_prises_sont_citees_sans_fin(admin_client, inscription, liste, appliquees):
    communes = [f.CommuneFactory(nom=f"Bourg {rang}") for rang in range(9)]
    f.CompositionFactory(inscription=f.InscriptionFactory(liste=liste), collectivite=epci_de(*communes))
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [epci_de(*communes)])))
    assert "Bourg 0, Bourg 1, Bourg 2, Bourg 3 et 5 autres communes sont déjà dans" in html


def test_la_meme_commune_peut_etre_dans_une_autre_liste(admin_client, inscription, appliquees):
    commune = f.CommuneFactory()
    f.CompositionFactory(inscription=f.InscriptionFactory(), collectivite=commune)
    assert admin_client.post(adresse(inscription), formulaire(inscription, [commune])).status_code == 302


def test_deux_membres_d_un_territoire_ne_se_recouvrent_pas(admin_client, inscription, appliquees):
    commune = f.CommuneFactory(nom="Tergny")
    epci = epci_de(commune, nom="CC du Val")
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [epci, commune])))
    assert "Tergny : déjà dans ce territoire par CC du Val" in html


def test_une_collectivite_saisie_deux_fois_est_refusee(admin_client, inscription, appliquees):
    epci = epci_de(f.CommuneFactory())
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [epci, epci])))
    assert escape("Cette collectivité est déjà dans la liste ci-dessus.") in html


def test_une_collectivite_deja_membre_est_refusee(admin_client, inscription, appliquees):
    membre = inscription.compositions.get().collectivite
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [membre])))
    assert "déjà" in html
    assert inscription.compositions.count() == 1


def test_un_membre_parti_laisse_la_place(admin_client, inscription, liste, appliquees):
    commune = f.CommuneFactory()
    f.CompositionFactory(inscription=f.InscriptionFactory(liste=liste), collectivite=commune, du=JOUR, au=APRES)
    assert admin_client.post(adresse(inscription), formulaire(inscription, [commune])).status_code == 302


def test_un_territoire_garde_au_moins_un_membre(admin_client, inscription, appliquees):
    html = refus(
        admin_client.post(adresse(inscription), formulaire(inscription, **{"compositions-0-au": "2020-01-01"}))
    )
    assert escape("Un territoire a au moins un membre aujourd'hui.") in html
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, **{"compositions-0-DELETE": "on"})))
    assert escape("Un territoire a au moins un membre aujourd'hui.") in html


def test_un_groupement_sans_commune_ce_jour_la_est_refuse(admin_client, inscription, appliquees):
    fini = f.EpciFactory(nom="CC Ancienne", au=AVANT)
    f.RattachementFactory(groupement=fini, au=AVANT)
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [fini])))
    assert escape("CC Ancienne n'a aucune commune à la date de la liste (1er juin 2019)") in html


def test_un_membre_ne_se_remplace_pas(admin_client, inscription, appliquees):
    membre = inscription.compositions.get()
    autre = epci_de(f.CommuneFactory())
    champs = {"compositions-0-collectivite": autre.pk}
    admin_client.post(adresse(inscription), formulaire(inscription, **champs))
    membre.refresh_from_db()
    assert membre.collectivite != autre


# --- Communes that merged


def test_la_commune_nouvelle_et_ses_anciennes_communes_sont_la_meme_terre(admin_client, inscription, liste, appliquees):
    """A younger EPCI counts on its first day, with the communes of then: B had merged into A meanwhile."""
    a = f.CommuneFactory(nom="Alpha")
    b = f.CommuneFactory(nom="Bêta", au=AVANT.replace(year=2020), remplacee_par=a)
    f.CompositionFactory(inscription=f.InscriptionFactory(liste=liste, nom="La Voisine"), collectivite=b)
    jeune = f.EpciFactory(nom="CC Jeune", du=J(2022, 1, 1))
    f.RattachementFactory(commune=a, groupement=jeune, du=J(2022, 1, 1))
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, [jeune])))
    assert "Bêta est déjà dans « La Voisine" in html
    # On the list's date Alpha was without Bêta: one may be here and the other there.
    assert admin_client.post(adresse(inscription), formulaire(inscription, [a])).status_code == 302


# --- Lists


def test_l_action_recalcule_et_se_journalise(admin_client, alice, inscription, appliquees):
    liste = inscription.liste
    reponse = admin_client.post(
        reverse("admin:territoires_liste_changelist"),
        {"action": "recalculer_les_perimetres", "_selected_action": [liste.pk]},
    )
    assert appliquees == [liste]
    assert "ont été recalculés" in messages(reponse)
    derniere = liste.historique.latest()
    assert derniere.history_change_reason == "Périmètres recalculés"
    assert derniere.history_user == alice
    html = admin_client.get(adresse(liste, "history")).content.decode()
    assert "Périmètres recalculés" in html


def test_l_action_refuse_une_liste_qui_se_contredit(admin_client, inscription, liste, appliquees):
    commune = f.CommuneFactory(nom="Tergny")
    for inscrite in (inscription, f.InscriptionFactory(liste=liste, nom="La Voisine")):
        f.CompositionFactory(inscription=inscrite, collectivite=commune)
    avant = liste.historique.count()
    reponse = admin_client.post(
        reverse("admin:territoires_liste_changelist"),
        {"action": "recalculer_les_perimetres", "_selected_action": [liste.pk]},
    )
    assert appliquees == []
    assert "n'ont pas été recalculés" in messages(reponse)
    assert "Tergny" in messages(reponse)
    assert liste.historique.count() == avant


def formulaire_de_liste(liste, **champs):
    return {"titre": liste.titre, "date": liste.date, "precision": liste.precision, "source": "", **champs}


def test_une_autre_date_recalcule_les_perimetres(admin_client, inscription, liste, appliquees):
    reponse = admin_client.post(adresse(liste), formulaire_de_liste(liste, date="2021-01-01"))
    assert reponse.status_code == 302
    assert appliquees == [liste]


def test_une_date_a_laquelle_les_territoires_se_recouvrent_est_refusee(admin_client, inscription, liste, appliquees):
    commune = f.CommuneFactory(nom="Tergny")
    f.RattachementFactory(commune=commune, groupement=inscription.compositions.get().collectivite, du=J(2020, 6, 1))
    f.CompositionFactory(inscription=f.InscriptionFactory(liste=liste), collectivite=commune)
    html = refus(admin_client.post(adresse(liste), formulaire_de_liste(liste, date="2021-01-01")))
    assert "Tergny est déjà dans" in html
    liste.refresh_from_db()
    assert liste.date == JOUR
    assert appliquees == []


# --- Territories and inscriptions


def test_un_territoire_ajoute_recoit_son_identifiant(admin_client):
    phase = f.PhaseFactory()
    for code in ("ti-Y001", "ti-Y002"):
        reponse = admin_client.post(
            reverse("admin:territoires_territoire_add"),
            {"phase": phase.pk, "code": code, "nom": "Pays d'Épreuve"},
        )
        assert reponse.status_code == 302
    slugs = Territoire.objects.filter(phase=phase).order_by("code").values_list("slug", flat=True)
    assert list(slugs) == ["pays-depreuve", f"pays-depreuve-ti-y002-{phase.numero}"]


def test_un_territoire_ne_se_modifie_pas_mais_suit_sa_derniere_liste(admin_client, inscription, appliquees):
    assert admin_client.post(adresse(inscription.territoire), {"nom": "Autre"}).status_code == 403
    admin_client.post(adresse(inscription), formulaire(inscription, nom="Val renommé"))
    inscription.territoire.refresh_from_db()
    assert inscription.territoire.nom == "Val renommé"


def test_le_nom_d_une_liste_ancienne_ne_l_emporte_pas(admin_client, inscription, appliquees):
    liste = f.ListeFactory(phase=inscription.liste.phase, date=APRES)
    f.InscriptionFactory(liste=liste, territoire=inscription.territoire, nom="Nom récent")
    admin_client.post(adresse(inscription), formulaire(inscription, nom="Nom ancien"))
    inscription.territoire.refresh_from_db()
    assert inscription.territoire.nom == "Nom récent"


def test_le_nom_revient_quand_la_derniere_inscription_est_supprimee(admin_client, inscription, appliquees):
    territoire = inscription.territoire
    derniere = f.InscriptionFactory(
        liste=f.ListeFactory(phase=inscription.liste.phase, date=APRES), territoire=territoire, nom="Nom récent"
    )
    territoire.nom = "Nom récent"
    territoire.save()
    assert admin_client.post(adresse(derniere, "delete"), {"post": "yes"}).status_code == 302
    territoire.refresh_from_db()
    assert territoire.nom == "Val d'Essai"


def test_une_liste_et_un_territoire_sont_de_la_meme_phase(admin_client, inscription, appliquees):
    etranger = f.TerritoireFactory()
    html = refus(admin_client.post(adresse(inscription), formulaire(inscription, territoire=etranger.pk)))
    assert escape("Ce territoire est d'une autre phase que la liste") in html


def test_une_inscription_ne_change_pas_de_liste(admin_client, inscription, appliquees):
    autre = f.ListeFactory(phase=inscription.liste.phase, date=APRES)
    admin_client.post(adresse(inscription), formulaire(inscription, liste=autre.pk))
    inscription.refresh_from_db()
    assert inscription.liste != autre


def test_la_suppression_se_confirme_en_chiffres(admin_client, inscription):
    f.PerimetreFactory(inscription=inscription)
    html = admin_client.get(adresse(inscription, "delete")).content.decode()
    assert "Membres&nbsp;: 1</li>" in html
    assert "Périmètres calculés&nbsp;: 1</li>" in html
    assert "relation" not in html.lower()


def test_ce_a_quoi_l_on_renvoie_ne_se_supprime_pas_et_on_dit_que_faire(admin_client, inscription):
    collectivite = inscription.compositions.get().collectivite
    html = refus(admin_client.get(adresse(collectivite, "delete")))
    assert "2 objets y renvoient" in html
    assert "garde sa ligne : indiquez « jusqu" in html
    admin_client.post(adresse(collectivite, "delete"), {"post": "yes"})
    assert Collectivite.objects.filter(pk=collectivite.pk).exists()
