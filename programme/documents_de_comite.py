"""What a committee is given to read, and what is kept of what it decided: as the reader may know them."""

from django.utils import timezone

from comptes.acces import aujourdhui
from programme.comites import points_de
from programme.enums import GenreComite
from tableurs.documents import Document, Liste, Paragraphe, SautDePage, Tableau, Titre
from tableurs.francais import INSECABLE, jour, montant, nombre, pluriel

COUVERTS = "Couverts par le secret des affaires"
A_TAIRE = "secret des affaires, ne pas diffuser"
A_PRECISER = "À préciser"
PREVUE = f"{INSECABLE}: prévue le "


def dossier(comite, personne):
    """The agenda, then a page for each fiche. Hidden amounts are not in it."""
    points = points_de(comite, personne, "mesures", "communes", "jalons", "freins", "territoires_associes")
    document = Document(f"Dossier{INSECABLE}: {comite}")
    document.ajouter(Tableau("Comité", _comite(comite), largeurs=(30, 70)), Titre("Ordre du jour"))
    _ordre_du_jour(document, comite, points)
    for point in points:
        document.ajouter(SautDePage())
        _fiche(document, point)
    return document


def releve(comite, personne):
    """Who was there, what was decided of each project, under which act."""
    points = points_de(comite, personne)
    document = Document(f"Relevé de décisions{INSECABLE}: {comite}")
    document.ajouter(Tableau("Comité", _comite(comite), largeurs=(30, 70)))
    for titre, noms in (("Présents", comite.presents), ("Excusés", comite.excuses)):
        if lignes := [ligne.strip() for ligne in noms.splitlines() if ligne.strip()]:
            document.ajouter(Titre(titre), Liste(lignes))
    document.ajouter(Titre("Décisions"))
    lignes = [_decision(point, decision) for point in points for decision in point.decisions or [None]]
    if lignes:
        entetes = ("Rang", "Projet", "Territoire", "Décision", "Par qui, quand", "Condition, motif ou remarque")
        document.ajouter(Tableau("Décisions", lignes, entetes, (7, 27, 15, 14, 17, 20)))
    _hors_du_perimetre(document, comite, points)
    return document


def _comite(comite):
    lignes = [
        ("Région", str(comite.region)),
        ("Forme", comite.get_genre_display()),
        ("Date", jour(comite.date)),
    ]
    if comite.genre == GenreComite.REUNION:
        lignes.append(("Lieu", comite.lieu or A_PRECISER))
    etat = comite.etat_dit
    if comite.est_clos:
        etat += f" le {jour(timezone.localdate(comite.clos_le))}"
    return [*lignes, ("État", etat), ("Document du", jour(aujourdhui()))]


def _ordre_du_jour(document, comite, points):
    lignes = [
        (point.rang, point.projet.numero, point.projet.titre, str(point.projet.territoire), _avis_en_bref(point))
        for point in points
    ]
    if lignes:
        entetes = ("Rang", "Numéro", "Projet", "Territoire", "Avis de l'État")
        document.ajouter(Tableau("Ordre du jour", lignes, entetes, (7, 18, 35, 18, 22)))
    _hors_du_perimetre(document, comite, points)


def _hors_du_perimetre(document, comite, points):
    if autres := comite.points.count() - len(points):
        dits = pluriel(autres, "projet de l'ordre du jour n'est", "projets de l'ordre du jour ne sont")
        document.ajouter(Paragraphe(f"{autres} {dits} pas de votre périmètre.", discret=True))
    elif not points:
        document.ajouter(Paragraphe("Aucun projet n'est à l'ordre du jour."))


def _avis_en_bref(point):
    return "\n".join(f"{avis.get_sens_display()} ({avis.autorite})" for avis in point.avis) or "Aucun"


def _fiche(document, point):
    projet = point.projet
    document.ajouter(
        Titre(f"{point.rang}. {projet.numero} · {projet.titre}"),
        Tableau(f"En bref{INSECABLE}: {projet.numero}", _en_bref(point), largeurs=(30, 70)),
    )
    for titre in ("contexte", "objectifs", "partenaires"):
        document.texte(titre.capitalize(), getattr(projet, titre))
    if jalons := list(projet.jalons.all()):
        document.ajouter(Titre("Étapes", 2), Liste([f"{un.titre}{PREVUE}{jour(un.prevu_le)}" for un in jalons]))
    if freins := [frein for frein in projet.freins.all() if not frein.leve_le]:
        document.ajouter(Titre("Freins", 2), Liste([_frein(frein) for frein in freins]))
    if point.actualisation:
        champs = ", ".join(point.actualisation.champs)
        document.ajouter(
            Titre("Actualisation soumise", 2),
            Paragraphe(f"Elle change{INSECABLE}: {champs}. La fiche ci-dessus est celle qui est inscrite."),
        )
    document.ajouter(Titre("Avis de l'État", 2))
    for avis in point.avis:
        document.ajouter(Paragraphe(f"{avis.get_sens_display()}{INSECABLE}: {avis.autorite}, le {jour(avis.date)}."))
        if avis.motif:
            document.ajouter(Paragraphe(avis.motif))
    if not point.avis:
        document.ajouter(Paragraphe("Aucun avis n'est donné."))
    for decision in point.decisions:
        document.ajouter(Titre("Décision", 2), Paragraphe(f"{_issue(decision)}, {_par_qui(decision)}."))


def _en_bref(point):
    projet = point.projet
    lignes = [("Territoire", str(projet.territoire))]
    if associes := list(projet.territoires_associes.all()):
        lignes.append(("Territoires associés", " ; ".join(sorted(map(str, associes)))))
    lieux = ", ".join(sorted(commune.nom for commune in projet.communes.all()))
    return [
        *lignes,
        ("Porteur", _porteur(projet)),
        ("Mesures", "\n".join(mesure.titre for mesure in projet.mesures.all()) or A_PRECISER),
        ("Lieu", lieux or ("Sans lieu précis" if projet.sans_lieu else A_PRECISER)),
        ("Calendrier", _calendrier(projet)),
        ("Maturité", projet.get_maturite_display() or A_PRECISER),
        ("Emplois attendus", nombre(projet.emplois) or "Non précisé"),
        *_montants(point),
    ]


def _montants(point):
    projet = point.projet
    if not point.montants_visibles:
        return [("Montants", COUVERTS)]
    secret = f" ({A_TAIRE})" if projet.montants_secrets else ""
    lignes = []
    for titre, valeur, taxe in (
        ("Coût total", projet.cout_total, projet.get_cout_total_taxe_display()),
        ("Assiette éligible", projet.assiette_eligible, projet.get_assiette_taxe_display()),
    ):
        lignes.append((titre, A_PRECISER if valeur is None else f"{montant(valeur)} {taxe}{secret}"))
    return lignes


def _porteur(projet):
    if not projet.porteur_nom:
        return A_PRECISER
    siren = f"SIREN {projet.porteur_siren}" if projet.porteur_siren else ""
    precisions = [
        projet.get_porteur_genre_display(),
        siren,
        "en cours de création" if projet.porteur_en_creation else "",
    ]
    return ", ".join(filter(None, [projet.porteur_nom, *precisions]))


def _calendrier(projet):
    bornes = [f"du {jour(projet.debut)}" if projet.debut else "", f"au {jour(projet.fin)}" if projet.fin else ""]
    return " ".join(filter(None, bornes)) or A_PRECISER


def _frein(frein):
    autorite = f" ({frein.autorite_competente})" if frein.autorite_competente else ""
    demande = f"{INSECABLE}: {frein.demande}" if frein.demande else ""
    return f"{frein.regle}{autorite}{demande}"


def _decision(point, decision):
    projet = point.projet
    debut = (point.rang, f"{projet.numero} · {projet.titre}", str(projet.territoire))
    if decision is None:
        return (*debut, "Pas de décision", "", "")
    condition = f"{decision.condition} (avant le {jour(decision.echeance)})" if decision.condition else ""
    return (*debut, _issue(decision), _par_qui(decision), "\n".join(filter(None, [condition, decision.motif])))


def _issue(decision):
    return decision.issue_dite


def _par_qui(decision):
    return ", ".join(filter(None, [decision.autorite_dite, jour(decision.date), decision.acte]))
