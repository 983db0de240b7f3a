"""Awards and payments, from the operator's own file: each on the line that it is about, or waiting to be reconciled."""

from collections import Counter
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.urls import reverse

from comptes.acces import est_administrateur, habilitations
from comptes.parcours import TransitionImpossible
from programme.argent import rapprochement
from programme.argent.enums import EtatFinancement, GenreFait, GenreVersement, QualiteOperateur
from programme.imports.colonnes_argent import COLONNES, FormulaireArgent
from programme.imports.lignes_argent import IDENTITE, Lecteur, repere_de_la_ligne
from programme.imports.reperes import LigneRefusee
from programme.imports.reperes_argent import Passe, Reperes, est_operee, regions_operees
from programme.models import Enveloppe, FaitImporte, Operateur
from programme.models.faits_importes import COMPTE
from programme.montants import total
from tableurs import operations
from tableurs.colonnes import Probleme
from tableurs.enums import Seau
from tableurs.exports import par_lots
from tableurs.francais import jour, normaliser, pluriel
from tableurs.francais import montant as en_euros
from tableurs.lecture.constats import compter
from tableurs.operations import Conflit
from tableurs.ressources import RessourceImport, Verdict, enregistrer
from tableurs.typographie import typographier
from territoires.models import Territoire

HORS_FICHE = ("hors fiche-action", "un financement de ce bénéficiaire, sur ce territoire")
IRREVERSIBLE = (
    "Cet import ne s'annule pas : ce qui est attribué ou versé est écrit au journal, qui ne s'efface pas. Une erreur "
    "se corrige sur la page du financement, par un désengagement, un reversement ou l'annulation de l'attribution."
)


@enregistrer
class ImportArgent(RessourceImport):
    cle = "argent"
    nom = "Attributions et versements d'un opérateur"
    colonnes = COLONNES
    modeles = (FaitImporte,)
    formulaire = FormulaireArgent
    demande_un_auteur = True
    lignes_ecrites_sur_le_champ = 200
    annulable = False
    effets = (
        "Les lignes « modifiées » s'écrivent au journal de leur financement ; ce qui dépasse un plafond est gardé "
        "parmi les écarts à régulariser, hors des totaux. Les lignes « créées » attendent dans « À rapprocher », ou "
        "ouvrent un financement hors fiche-action si vous l'avez demandé. Les équipes des projets sont averties. Ce "
        "qui est écrit au journal ne s'annule pas."
    )

    @classmethod
    def ouverte_a(cls, personne):
        """Operators who decide, for their envelopes; administrators."""
        return est_administrateur(personne) or any(
            isinstance(tenue, Operateur) and tenue.qualite == QualiteOperateur.DECISION
            for tenue in habilitations(personne)
        )

    @classmethod
    def jeux(cls):
        """The file is the operator's own."""
        return []

    def valeurs_possibles(self):
        return {
            "enveloppe": list(Enveloppe.objects.values_list("nom", flat=True)),
            "territoire": sorted(Territoire.objects.values_list("nom", flat=True), key=normaliser),
        }

    def verifier(self, correspondance):
        places = correspondance.places
        if "dossier" not in places and not {"acte", "acte_le", "siret"} <= set(places):
            yield Probleme("identite", typographier(f"{IDENTITE} Ces colonnes manquent."), "dossier")
        if not {"attribue", "verse"} & set(places):
            texte = "Il faut une colonne « Montant attribué » ou « Montant versé »."
            yield Probleme("montants", typographier(texte), "attribue")

    # --- Comparing
    def commencer(self, lignes):
        """First, the cases that the file awards, and those of which it says enough to be « hors fiche-action »."""
        self.attribues, self.ouvrables = set(), set()

        def premier_regard():
            for ligne in lignes():
                valeurs = ligne.valeurs
                if valeurs.get("attribue"):
                    self.attribues.add(repere_de_la_ligne(valeurs))
                    if valeurs.get("siret") and valeurs.get("territoire"):
                        self.ouvrables.add(repere_de_la_ligne(valeurs))
                yield ligne

        self.reperes = Reperes(self.auteur, premier_regard, self.options)
        self.lecteur = Lecteur(self.reperes)
        self.vus, self.pris = {}, Counter()

    def comparer(self, ligne):
        try:
            return self._juger(ligne.numero, ligne.valeurs)
        except LigneRefusee as refusee:
            return refusee.verdict

    def _juger(self, numero, valeurs):
        cas, faits = self.lecteur.lire(valeurs)
        libelle = " · ".join(filter(None, (cas["dossier"], cas["acte"], cas["beneficiaire_nom"])))
        candidates = self.reperes.candidates(cas["enveloppe"], cas["repere"])
        nouveaux = [fait for fait in faits if not self._est_connu(fait)]
        if not nouveaux:
            cles = {(fait["enveloppe"], fait["empreinte"]) for fait in faits}
            suites = [{"champ": "à rapprocher", "avant": "", "apres": "elle y attend déjà"}]
            attend = suites if cles & self.reperes.attendent else []
            return Verdict(Seau.DOUBLON if cles - self.reperes.faits.keys() else Seau.INCHANGEE, libelle, attend)
        changements, suites, seaux = [], {}, set()
        for fait in nouveaux:
            fait["ligne"] = numero
            seau, suite = self._placer(fait, candidates)
            seaux.add(seau)
            if seau != Seau.INCHANGEE:
                changements.append(_changement(fait))
                suites[suite] = None
        changements += [{"champ": champ, "avant": "", "apres": apres} for champ, apres in filter(None, suites)]
        seau = next(un for un in (Seau.MODIFIEE, Seau.CREEE, Seau.INCHANGEE) if un in seaux)
        if len(candidates) == 1:
            libelle = f"{libelle} → {candidates[0].dite}"
        return Verdict(seau, libelle, changements, operations=[operations.agir(**fait) for fait in nouveaux])

    # --- What becomes of it
    def _est_connu(self, fait):
        """Tell whether a fact is known, of the base or of this file. Raises `LigneRefusee` if it had another amount."""
        cle = fait["enveloppe"], fait["empreinte"]
        dit = self.reperes.faits.get(cle, self.vus.get(cle))
        if dit is not None and dit != Decimal(fait["montant"]):
            raise LigneRefusee(
                "reference",
                fait["reference"],
                f"Ce versement est déjà enregistré, pour {en_euros(dit)}.",
                "Si c'est un autre versement, donnez-lui sa propre référence.",
            )
        self.vus[cle] = Decimal(fait["montant"])
        return dit is not None

    def _placer(self, fait, candidates):
        """Say where a new fact goes: returns (bucket, what follows, as (name, words)), and completes the fact."""
        fait["raison"] = ""
        if len(candidates) == 1:
            (ligne,) = candidates
            fait["financement"] = ligne.pk
            if self._saisi_a_la_main(fait, ligne):
                return Seau.INCHANGEE, None
            fait["raison"] = self._empechement(fait, ligne)
            if not fait["raison"]:
                return Seau.MODIFIEE, None
        elif not candidates and self.options.get("hors_fiche") and fait["repere"] in self.ouvrables:
            fait["raison"] = self._sans_dotation(fait, self.reperes.regions.get(fait["territoire"]))
            if not fait["raison"]:
                fait["hors_fiche"] = True
                return Seau.CREEE, HORS_FICHE
        elif candidates:
            fait["raison"] = f"{compter(len(candidates), 'financement')} de cette enveloppe correspondent : choisissez."
        else:
            fait["raison"] = "Aucun financement de cette enveloppe n'a ce numéro de dossier, ni cet acte pour ce SIRET."
        fait["raison"] = typographier(fait["raison"])
        return Seau.CREEE, ("à rapprocher", fait["raison"])

    def _saisi_a_la_main(self, fait, ligne):
        """Tell whether the journal holds it already, said by no file: each of its rows stands for one fact only."""
        cle = ligne.pk, *Passe.identite_de(fait)
        self.pris[cle] += 1
        return self.pris[cle] <= sum(passe.fait is None for passe in self.reperes.memes(fait, ligne))

    def _empechement(self, fait, ligne):
        """Return why a fact can't be counted on its line as it is, in a sentence; "" when it can."""
        versement, etat = fait["genre"] == GenreFait.VERSEMENT, EtatFinancement(ligne.etat)
        if etat in EtatFinancement.perdus() or (versement and etat == EtatFinancement.SOLDE):
            return f"Ce financement est « {etat.label.lower()} »."
        autres = [passe.fait for passe in self.reperes.memes(fait, ligne) if passe.fait]
        if any(autre != (fait["repere"], bool(fait.get("reference"))) for autre in autres):
            return f"{en_euros(Decimal(fait['montant']))} y sont déjà enregistrés, sous un autre numéro."
        if versement:
            attribue = etat in EtatFinancement.engages() or fait["repere"] in self.attribues
            return "" if attribue else "Rien n'est encore attribué sur ce financement."
        if etat in EtatFinancement.acquis():
            return (
                f"{en_euros(ligne.engage)} y sont déjà attribués : si c'est un avenant, enregistrez-le sur la page du "
                "financement."
            )
        return "" if ligne.dotation else self._sans_dotation(fait, ligne.region)

    def _sans_dotation(self, fait, region):
        """Return that no share of its year can bear an award, "" when one can."""
        annee = int(fait["date"][:4])
        possibles = {(fait["enveloppe"], annee, region), (fait["enveloppe"], annee, None)}
        porte = fait["genre"] == GenreFait.VERSEMENT or possibles & self.reperes.dotations
        return "" if porte else rapprochement.sans_dotation(annee)

    # --- Applying
    def agir(self, actes):
        """Rights are asked again, of who applies; so is whether somebody else has just brought in the same rows."""
        actes = list(actes)
        permises = regions_operees(self.auteur, Enveloppe.objects.values_list("pk", flat=True))
        if not all(est_operee(permises, acte["enveloppe"], acte["region"]) for acte in actes):
            raise Conflit(["une enveloppe que vous n'opérez plus"])
        rapprochement.tenir_les_enveloppes({acte["enveloppe"] for acte in actes})
        self._refuser_les_doublons(actes)
        lignes = self._lignes({acte["financement"] for acte in actes if acte.get("financement")})
        faits = [self._fait(acte, lignes) for acte in actes]
        self._ouvrir([fait for fait, acte in zip(faits, actes, strict=True) if acte.get("hors_fiche")])
        rapprochement.inscrire(faits, self.auteur)
        return []

    def _refuser_les_doublons(self, actes):
        for lot in par_lots(sorted({acte["empreinte"] for acte in actes})):
            deja = FaitImporte.objects.filter(enveloppe__in={acte["enveloppe"] for acte in actes}, empreinte__in=lot)
            if deja.exists():
                raise Conflit(["des lignes de ce fichier ont été enregistrées par un autre import"])

    def _lignes(self, cles):
        lignes = {}
        for lot in par_lots(sorted(cles)):
            lignes |= rapprochement.attribuables(self.auteur).in_bulk(lot)
        if cles - set(lignes):
            raise Conflit(["des financements dont vous n'enregistrez plus les attributions"])
        return lignes

    def _fait(self, acte, lignes):
        champs = {nom: acte.get(nom) or "" for nom in ("dossier", "siret", "beneficiaire_nom", "numero_projet", "acte")}
        champs |= {nom: acte[nom] for nom in ("genre", "repere", "empreinte", "autorite", "raison", "ligne")}
        champs |= {nom: acte.get(nom, "") for nom in ("reference", "genre_versement")}
        convertis = {nom: FaitImporte._meta.get_field(nom).to_python(acte[nom]) for nom in ("montant", "date")}
        return FaitImporte(
            **champs,
            **convertis,
            exercice=acte.get("exercice"),
            enveloppe_id=acte["enveloppe"],
            region_id=acte["region"],
            territoire_id=acte["territoire"],
            financement=lignes.get(acte.get("financement")),
            lot=self.lot,
            feuille=self.lot.feuille,
        )

    def _ouvrir(self, faits):
        """Make the « hors fiche-action » lines, one a case; what can't be made waits, and says why."""
        cas = {}
        for fait in faits:
            cas.setdefault((fait.enveloppe_id, fait.repere), []).append(fait)
        for siens in cas.values():
            try:
                ligne = rapprochement.ouvrir_hors_fiche_action(siens, self.auteur)
            except PermissionDenied:
                raison = "Vous ne pouvez pas créer ce financement hors fiche-action."
            except (TransitionImpossible, ValidationError) as erreur:
                raison = " ".join(getattr(erreur, "messages", [str(erreur)]))
            else:
                raison = ""
            for fait in siens:
                fait.raison, fait.financement = raison, None if raison else ligne

    # --- Afterwards
    def bilan(self):
        """Yield what is in the journal, what is an « écart », what waits: in rows and in euros."""
        faits = FaitImporte.objects.filter(lot=self.lot)
        for genre, nom in ((GenreFait.ATTRIBUTION, "attribution"), (GenreFait.VERSEMENT, "versement")):
            au_journal = Q(mouvement__isnull=False) | Q(ecart__mouvement__isnull=False)
            montants = list(faits.filter(au_journal, genre=genre).values_list("montant", flat=True))
            if montants:
                yield f"{compter(len(montants), nom)} au journal, pour {en_euros(total(montants))}", "", ""
        ecarts = list(faits.filter(ecart__isnull=False, ecart__regle_le=None).values_list("montant", flat=True))
        if ecarts:
            dit = pluriel(len(ecarts), "écart à régulariser", "écarts à régulariser")
            phrase = f"{len(ecarts)} {dit}, hors des totaux, pour {en_euros(total(ecarts))}."
            yield phrase, "Ouvrir les écarts", reverse("ecarts")
        attendent = list(faits.a_rapprocher().values_list("montant", flat=True))
        if attendent:
            dit = f"{compter(len(attendent), 'ligne')} à rapprocher, pour {en_euros(total(attendent))}."
            yield dit, "Ouvrir « À rapprocher »", reverse("a_rapprocher")

    def empechement_d_annuler(self):
        regles = COMPTE | Q(decide_par__isnull=False)
        return IRREVERSIBLE if FaitImporte.objects.filter(lot=self.lot).filter(regles).exists() else ""

    def revenir(self, creees):
        """Only rows that all wait still can go."""
        siens = FaitImporte.objects.filter(lot=self.lot)
        rapprochement.tenir_les_enveloppes(siens.values_list("enveloppe", flat=True))
        if self.empechement_d_annuler():
            raise Conflit(["des lignes ont été rapprochées depuis"])
        siens.delete()


def _changement(fait):
    """Return what a fact writes, as the preview shows it."""
    quoi = f"{en_euros(Decimal(fait['montant']))} le {jour(_jour(fait['date']))}"
    if fait["genre"] == GenreFait.ATTRIBUTION:
        champ = f"attribution, {fait['acte']}"
    else:
        champ = f"versement ({GenreVersement(fait['genre_versement']).label.lower()})"
    return {"champ": champ, "avant": "", "apres": quoi}


def _jour(iso):
    return FaitImporte._meta.get_field("date").to_python(iso)
