"""What all admin pages share, and accounts."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agences.models import Agence, Cner, Correspondant, Federation, MembreFederation
from comptes import administration
from comptes.acces import aujourdhui
from comptes.models import Courrier, EquipeNationale, Invitation, Utilisateur
from programme.argent.enums import EtatFinancement
from programme.models import (
    Avis,
    Besoin,
    Campagne,
    ChiffreAnnonce,
    Comite,
    Contrat,
    DemandeDePerimetre,
    Enveloppe,
    Etiquette,
    Financement,
    Indicateur,
    Mesure,
    Operateur,
    Porteur,
    Projet,
)
from territoires.models import (
    ActeurLocal,
    Collectivite,
    Departement,
    EtatTerritorial,
    Filiation,
    Inscription,
    Liste,
    Phase,
    PiloteRegional,
    Rattachement,
    Region,
    Territoire,
)
from tests import factories as f
from tests import factories_agences as a
from tests import factories_argent as m
from tests import factories_campagnes as g
from tests import factories_comites as c
from tests import factories_perimetres as d
from tests import factories_projets as p
from tests.outils.html import code_en_ligne
from tests.outils.sens import PIECES

pytestmark = pytest.mark.django_db


def deux_membres(inscription):
    f.CompositionFactory(inscription=inscription)
    f.CompositionFactory(inscription=inscription, collectivite=f.CommuneFactory())


def inscription_complete():
    inscription = f.InscriptionFactory()
    inscription.regions.add(f.RegionFactory())
    deux_membres(inscription)
    f.PerimetreFactory(inscription=inscription)
    return inscription


def habilitation_nationale():
    return f.AuditeurFactory().equipenationale_set.get()


FABRIQUES = {
    Utilisateur: f.UtilisateurFactory,
    EquipeNationale: habilitation_nationale,
    PiloteRegional: f.PiloteFactory,
    EtatTerritorial: f.EtatFactory,
    ActeurLocal: f.ActeurFactory,
    Courrier: f.CourrierFactory,
    Invitation: f.InvitationFactory,
    Region: lambda: f.FondDeCarteFactory().region,
    Departement: f.DepartementFactory,
    Collectivite: f.CommuneFactory,
    Rattachement: f.RattachementFactory,
    Phase: f.PhaseFactory,
    Liste: f.ListeFactory,
    Territoire: lambda: inscription_complete().territoire,
    Inscription: inscription_complete,
    Filiation: f.FiliationFactory,
    Besoin: f.BesoinFactory,
    Mesure: f.MesureFactory,
    Enveloppe: f.EnveloppeFactory,
    ChiffreAnnonce: f.ChiffreAnnonceFactory,
    Projet: p.ProjetFactory,
    Etiquette: p.EtiquetteFactory,
    Porteur: p.PorteurFactory,
    Indicateur: p.IndicateurFactory,
    Avis: c.AvisFactory,
    Campagne: g.CampagneFactory,
    Comite: lambda: c.PointFactory().comite,
    Contrat: c.ContratFactory,
    DemandeDePerimetre: d.DemandeFactory,
    Operateur: m.OperateurFactory,
    Financement: lambda: m.ligne_en(EtatFinancement.ATTRIBUE),
    Agence: lambda: a.DesserteFactory().agence,
    Federation: a.FederationFactory,
    Correspondant: a.CorrespondantFactory,
    Cner: a.CnerFactory,
    MembreFederation: a.MembreFederationFactory,
}
# What nobody does there, on the pages of each model: they end, and what their owner did stays signed.
INTERDITS = {
    Utilisateur: {"add", "delete"},
    Courrier: {"add", "delete"},
    Invitation: {"add", "delete"},
    EquipeNationale: {"delete"},
    Projet: {"delete"},
    Avis: {"add", "delete"},
    Campagne: {"add", "delete"},
    Comite: {"add", "delete"},
    Contrat: {"add", "delete"},
    DemandeDePerimetre: {"add", "delete"},
    Operateur: {"delete"},
    Financement: {"add", "delete"},
    Correspondant: {"delete"},
    Cner: {"delete"},
    MembreFederation: {"delete"},
    Porteur: {"delete"},
    PiloteRegional: {"delete"},
    EtatTerritorial: {"delete"},
    ActeurLocal: {"delete"},
}
modeles = pytest.mark.parametrize("modele", FABRIQUES, ids=lambda modele: modele._meta.model_name)


def adresse(modele, action, *arguments):
    return reverse(f"admin:{modele._meta.app_label}_{modele._meta.model_name}_{action}", args=arguments)


def nombre_de_requetes(client, chemin):
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(chemin).status_code == 200
    return len(requetes)


def test_les_modeles_de_l_administration_sont_ceux_que_l_on_modifie():
    notres = {modele: page for modele, page in admin.site._registry.items() if modele._meta.app_label in PIECES}
    testees = {modele._meta.app_label for modele in FABRIQUES}
    assert {modele for modele in notres if modele._meta.app_label in testees} == set(FABRIQUES)
    assert all(isinstance(page, administration.AdministrationHistorisee) for page in notres.values())


@modeles
def test_la_liste_ne_fait_pas_plus_de_requetes_a_trente_lignes_qu_a_deux(modele, admin_client, monkeypatch):
    for _ in range(30):
        FABRIQUES[modele]()
    chemin = adresse(modele, "changelist")
    releves = []
    for lignes in (2, 30):
        monkeypatch.setattr(admin.site._registry[modele], "list_per_page", lignes)
        releves.append(nombre_de_requetes(admin_client, chemin))
    assert releves[0] == releves[1] <= 12


@modeles
def test_chaque_page_repond_sans_code_en_ligne(modele, admin_client):
    objet = FABRIQUES[modele]()
    chemins = [
        adresse(modele, "changelist"),
        adresse(modele, "changelist") + "?q=Élan",
        adresse(modele, "changelist") + "?q=%3F",
        *(adresse(modele, action) for action in {"add"} - INTERDITS.get(modele, set())),
        *(adresse(modele, a, objet.pk) for a in {"change", "history", "delete"} - INTERDITS.get(modele, set())),
    ]
    for chemin in chemins:
        reponse = admin_client.get(chemin)
        html = reponse.content.decode()
        assert reponse.status_code == 200, chemin
        assert code_en_ligne(html) == [], chemin


@modeles
def test_un_objet_absent_est_introuvable(modele, admin_client):
    for action in ("change", "history", "delete"):
        for cle in ("99999999", "zzz", "1_002F", "a%00b", "9" * 60):
            chemin = adresse(modele, action, "CLE").replace("CLE", cle)
            assert admin_client.get(chemin).status_code == 404, chemin


@modeles
def test_rien_ne_se_supprime_en_nombre(modele, admin_client, rf):
    requete = rf.get("/")
    requete.user = f.AdministrateurFactory()
    assert "delete_selected" not in admin.site._registry[modele].get_actions(requete)


@modeles
def test_une_adresse_absurde_ne_casse_rien(modele, admin_client):
    suites = ["?p=999", "?o=zz", "?absent__x=1", "?q=%00", "?e=1", "?q=" + "x" * 5000]
    page = admin.site._registry[modele]
    suites += [f"?{filtre}__exact=a%00b" for filtre in page.list_filter if isinstance(filtre, str)]
    if date := page.date_hierarchy:
        suites += [f"?{date}__year={'9' * 30}", f"?{date}__year=2026&{date}__month=2&{date}__day=30"]
    for suite in suites:
        reponse = admin_client.get(adresse(modele, "changelist") + suite, follow=True)
        assert reponse.status_code in (200, 400), suite


# --- Search


@pytest.mark.parametrize("cherche", ["ile etoilee", "ÉTOILÉE", "Île-Étoilée", "toil île"])
def test_la_recherche_ignore_accents_casse_et_ordre(cherche, admin_client):
    region = f.RegionFactory(nom="Île-Étoilée")
    html = admin_client.get(adresse(Region, "changelist"), {"q": cherche}).content.decode()
    assert adresse(Region, "change", region.pk) in html
    assert "1 résultat" in html


def test_une_recherche_sans_lettre_ne_trouve_rien(admin_client):
    assert "0 résultat" in admin_client.get(adresse(Region, "changelist"), {"q": "—"}).content.decode()


def test_le_choix_assiste_cherche_de_meme(admin_client):
    region = f.RegionFactory(nom="Île-Étoilée")
    demande = {"app_label": "territoires", "model_name": "departement", "field_name": "region"}
    reponse = admin_client.get(reverse("admin:autocomplete"), {**demande, "term": "etoilee"})
    assert reponse.json()["results"] == [{"id": region.pk, "text": "Île-Étoilée"}]
    assert admin_client.get(reverse("admin:autocomplete"), {**demande, "term": "\0"}).status_code == 200


# --- History


def test_l_historique_dit_qui_a_change_quoi_en_francais(admin_client):
    mesure = f.MesureFactory(titre="Avant")
    formulaire = {
        "besoin": mesure.besoin_id,
        "ordre": 7,
        "titre": "Après",
        "fiabilite": "mention",
        "description": "",
        "source": "",
    }
    assert admin_client.post(adresse(Mesure, "change", mesure.pk), formulaire).status_code == 302
    html = admin_client.get(adresse(Mesure, "history", mesure.pk)).content.decode()
    assert "Alice Admin" in html
    assert "Titre&nbsp;: <del>Avant</del> → <ins>Après</ins>" in html
    assert "<del>Intitulé officiel</del> → <ins>Seulement mentionnée</ins>" in html
    # The creation, by no one signed in, tells what was written.
    assert "Portail (chargement ou commande)" in html
    assert "Titre&nbsp;: Avant</li>" in html
    assert "ID&nbsp;:" not in html


def test_l_historique_ne_demande_rien_de_plus_par_ligne(admin_client):
    inscription = inscription_complete()
    chemin = adresse(Inscription, "history", inscription.pk)
    avant = nombre_de_requetes(admin_client, chemin)
    for rang in range(20):
        inscription.nom = f"Nom {rang}"
        inscription.save()
        inscription.regions.set([f.RegionFactory()])
    assert nombre_de_requetes(admin_client, chemin) == avant
    html = admin_client.get(chemin).content.decode()
    assert f"<ins>{inscription.regions.get()}</ins>" in html


def test_l_historique_montre_les_parties_et_les_objets_supprimes(admin_client):
    membre = f.CompositionFactory(collectivite__nom="CC du Val")
    territoire = membre.inscription.territoire
    membre.au = "2026-03-01"
    membre.save()
    chemin = adresse(Inscription, "history", membre.inscription_id)
    html = admin_client.get(chemin).content.decode()
    assert "CC du Val" in html
    assert "Jusqu&#x27;au&nbsp;: <del>(vide)</del> → <ins>1 mars 2026</ins>" in html
    membre.inscription.delete()
    territoire.delete()
    html = admin_client.get(chemin).content.decode()
    assert "Effacé" in html
    assert "(supprimé depuis)" in html


def test_l_historique_long_se_lit_en_pages(admin_client, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Besoin], "history_list_per_page", 2)
    besoin = f.BesoinFactory(nom="Un")
    for nom in ("Deux", "Trois"):
        besoin.nom = nom
        besoin.save()
    premiere = admin_client.get(adresse(Besoin, "history", besoin.pk)).content.decode()
    # Its last row is told from the first of the next page.
    assert "<del>Un</del> → <ins>Deux</ins>" in premiere
    assert "Nom&nbsp;: Un</li>" not in premiere
    seconde = admin_client.get(adresse(Besoin, "history", besoin.pk) + "?p=2").content.decode()
    assert "Nom&nbsp;: Un</li>" in seconde


# --- Accounts


def test_un_compte_ne_se_cree_pas_ici(admin_client):
    """It begins when its owner accepts an invitation."""
    assert admin_client.get(adresse(Utilisateur, "add")).status_code == 403


def test_l_adresse_d_un_compte_ne_se_change_pas_ici(admin_client):
    compte = f.UtilisateurFactory()
    formulaire = {"email": "pirate@exemple.fr", "prenom": "Nadia", "nom": "Neuve", "is_active": "on"}
    assert admin_client.post(adresse(Utilisateur, "change", compte.pk), formulaire).status_code == 302
    compte.refresh_from_db()
    assert (compte.prenom, compte.email) != ("Nadia", "pirate@exemple.fr")
    assert compte.prenom == "Nadia"


def test_un_compte_ne_se_supprime_pas(admin_client):
    compte = f.UtilisateurFactory()
    assert admin_client.post(adresse(Utilisateur, "delete", compte.pk), {"post": "yes"}).status_code == 403


def test_on_ne_se_retire_pas_ses_propres_droits(admin_client):
    alice = Utilisateur.objects.get(nom="Admin")
    formulaire = {"prenom": "Alice", "nom": "Admin", "fonction": "", "telephone": ""}
    admin_client.post(adresse(Utilisateur, "change", alice.pk), formulaire)
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.parametrize("fabrique", [f.AnalysteFactory, f.AuditeurFactory])
def test_seul_un_administrateur_change_un_compte(fabrique, client):
    client.force_login(fabrique())
    compte = f.UtilisateurFactory(nom="Avant")
    assert client.get(adresse(Utilisateur, "change", compte.pk)).status_code == 200
    assert client.post(adresse(Utilisateur, "change", compte.pk), {"nom": "Après"}).status_code == 403
    compte.refresh_from_db()
    assert compte.nom == "Avant"


@pytest.mark.parametrize("jours", [{"du": 30}, {"du": 0, "au": 0}])
def test_l_administration_garde_toujours_un_administrateur(jours, client, base_vide):
    """Beginning later ends it for now, as much as ending it."""
    seule = f.AdministrateurFactory()
    habilitation = seule.equipenationale_set.get()
    client.force_login(seule)
    saisie = {nom: (aujourdhui() + timedelta(days=dans)).isoformat() for nom, dans in jours.items()}
    reponse = client.post(adresse(EquipeNationale, "change", habilitation.pk), saisie)
    assert reponse.status_code == 200
    assert "un autre administrateur peut y mettre fin" in reponse.content.decode()
    assert EquipeNationale.objects.en_cours(aujourdhui() + timedelta(days=1)).exists()
