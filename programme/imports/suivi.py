"""The answers of a campaign of follow-up: the workbook that went out comes back, or rows are pasted."""

from collections import defaultdict

from django.utils import timezone

from comptes.acces import est_administrateur, habilitations
from programme.campagnes import a_redire, avec_ce_qui_precede, remettre_la_meteo
from programme.enums import Meteo, QualitePorteur
from programme.models import PointDeSuivi, Porteur
from tableurs import operations
from tableurs.colonnes import Colonne, nom_compare
from tableurs.enums import Seau
from tableurs.exports import par_lots
from tableurs.operations import Conflit
from tableurs.ressources import RessourceImport, Verdict, enregistrer, refus
from tableurs.valeurs import Choix, Texte
from tableurs.valeurs.textes import meme_texte
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional

RIEN = "rien"
SUIVENT = (
    (ActeurLocal, QualiteTerritoriale.redigent()),
    (PiloteRegional, QualiteRegionale.decident()),
    (Porteur, [QualitePorteur.REDACTION]),
)
COLONNES = (
    Colonne("campagne", "Campagne", Texte(10), aide="Sa clé. Vide : celle qui est ouverte, s'il n'y en a qu'une."),
    Colonne(
        "numero",
        "Numéro",
        Texte(16, obligatoire=True),
        ("no", "projet", "numéro du projet"),
        True,
        "Celui du projet.",
        "FA-2026-00042",
    ),
    Colonne(
        "meteo",
        "Météo",
        Choix([*Meteo.choices, (RIEN, "Rien de nouveau")], {"ok": "bon", "vert": "bon", "orange": "surveiller"}),
        ("avis", "état d'avancement"),
        True,
        "Une valeur de la liste. Vide : pas encore de réponse. « Rien de nouveau » : la météo d'avant.",
        "À surveiller",
    ),
    Colonne(
        "texte",
        "Ce qui s'est passé",
        Texte(2000, plusieurs_lignes=True),
        ("commentaire", "texte", "explication"),
        aide="Obligatoire pour un projet bloqué : par quoi.",
        exemple="Le permis est déposé.",
    ),
)
LIBELLES = {colonne.cle: colonne.libelle for colonne in COLONNES}


def en_tableau(campagne, lignes):
    """Return rows copied from a spreadsheet (number, weather, text) as a file, headers of their own left out."""
    entetes = [LIBELLES["campagne"], LIBELLES["numero"], LIBELLES["meteo"], LIBELLES["texte"]]
    tableau = ["\t".join(entetes)]
    dans_une_cellule = False
    for ligne in lignes.splitlines():
        if dans_une_cellule:
            tableau.append(ligne)
        elif ligne.strip() and nom_compare(ligne.partition("\t")[0]) not in COLONNES[1].noms()[0]:
            tableau.append(f"{campagne.cle}\t{ligne}")
        # A cell of several lines is copied between quotes.
        dans_une_cellule ^= ligne.count('"') % 2 == 1
    return "\n".join(tableau).encode()


@enregistrer
class ImportSuivi(RessourceImport):
    cle = "suivi"
    nom = "Réponses à une campagne de suivi"
    colonnes = COLONNES
    modeles = (PointDeSuivi,)
    demande_un_auteur = True

    @classmethod
    def ouverte_a(cls, personne):
        return est_administrateur(personne) or any(
            isinstance(tenue, genre) and tenue.qualite in qualites
            for tenue in habilitations(personne)
            for genre, qualites in SUIVENT
        )

    @classmethod
    def jeux(cls):
        """A campaign gives its own workbook, from its page."""
        return []

    # --- Comparing
    def commencer(self, lignes):
        self.vues, self.par_numero = {}, defaultdict(list)
        if self.auteur is None:
            return
        numeros = {ligne.valeurs["numero"] for ligne in lignes() if ligne.valeurs.get("numero")}
        siens = PointDeSuivi.objects.modifiables_par(self.auteur).select_related("projet", "campagne")
        for lot in par_lots(sorted(numeros)):
            for point in avec_ce_qui_precede(siens.filter(projet__numero__in=lot)):
                self.par_numero[point.projet.numero].append(point)

    def comparer(self, ligne):
        valeurs = ligne.valeurs
        point = self._point(valeurs["numero"], valeurs.get("campagne"))
        if isinstance(point, Verdict):
            return point
        libelle = f"{point.projet.numero} · {point.projet.titre}"
        meteo, texte = valeurs["meteo"] or "", valeurs.get("texte", point.texte)
        if point.pk in self.vues:
            if self.vues[point.pk] == (meteo, texte):
                return Verdict(Seau.DOUBLON, libelle)
            raison, remede = "Ce projet est déjà dans ce fichier, autrement.", "Gardez une seule des deux lignes."
            return refus(raison, remede, LIBELLES["numero"], valeurs["numero"])
        self.vues[point.pk] = (meteo, texte)
        rien = meteo == RIEN
        if rien:
            if not point.avant_meteo:
                raison = "Ce projet n'a pas encore de météo."
                return refus(raison, "Choisissez-la dans la liste.", LIBELLES["meteo"])
            meteo, texte = point.avant_meteo, point.avant_texte
        if (not meteo and not valeurs.get("texte")) or (meteo == point.meteo and meme_texte(point.texte, texte)):
            return Verdict(Seau.INCHANGEE, libelle)
        for champ, message in a_redire(meteo, texte).items():
            return refus(message, "Complétez la cellule.", LIBELLES[champ])
        return self._changement(point, libelle, meteo, texte, rien)

    def _point(self, numero, campagne):
        siens = [point for point in self.par_numero[numero] if not campagne or point.campagne.cle == campagne]
        if len(siens) == 1:
            return siens[0]
        if siens:
            titres = " ou ".join(f"« {point.campagne.cle} » ({point.campagne})" for point in siens)
            return refus("Plusieurs campagnes attendent ce projet.", f"Écrivez {titres}.", LIBELLES["campagne"])
        return refus(
            f"« {numero} » n'est pas un projet que vous suivez dans cette campagne, ou elle est close.",
            "Corrigez le numéro, ou retirez la ligne.",
            LIBELLES["numero"],
            numero,
        )

    def _changement(self, point, libelle, meteo, texte, rien):
        changements = [
            {
                "champ": "météo",
                "avant": point.get_meteo_display(),
                "apres": f"{Meteo(meteo).label} (rien de nouveau)" if rien else str(Meteo(meteo).label),
            }
        ]
        if texte != point.texte:
            changements.append({"champ": LIBELLES["texte"].lower(), "avant": point.texte, "apres": texte})
        ecrit = operations.modifier(
            point,
            meteo=meteo,
            texte=texte,
            rien_de_nouveau=rien,
            saisi_par_id=self.auteur.pk,
            saisi_le=timezone.now(),
            version=point.version + 1,
        )
        suite = operations.agir(point=point.pk, projet=point.projet_id)
        return Verdict(Seau.MODIFIEE, libelle, changements, operations=[ecrit, suite])

    # --- Applying, undoing
    def agir(self, actes):
        """Rights are asked again, of who applies."""
        points, permis = {acte["point"] for acte in actes}, set()
        for lot in par_lots(sorted(points) if self.auteur else ()):
            siens = PointDeSuivi.objects.modifiables_par(self.auteur).filter(pk__in=lot)
            permis.update(siens.values_list("pk", flat=True))
        if points - permis:
            raise Conflit(["des projets ne sont plus de ceux que vous suivez, ou leur campagne est close"])
        return []

    def suites(self):
        """The weather of the projects follows, written or undone."""
        for lot in par_lots(sorted({acte["projet"] for acte in self.actes()})):
            remettre_la_meteo(lot)
