"""What is imported in this room: lists of territories in the layouts that are published, administrative map."""

from collections import defaultdict
from datetime import date

from django.db import IntegrityError
from django.utils import timezone
from django.utils.text import slugify

from tableurs import operations
from tableurs.colonnes import Colonne, Probleme
from tableurs.enums import Seau
from tableurs.francais import enumeration, normaliser
from tableurs.ressources import RessourceImport, RessourceModele, Verdict, enregistrer, refus
from tableurs.valeurs import Choix, CodeInsee, Date, Decimal, Entier, ListeDe, Siren, Texte
from territoires import perimetres
from territoires.enums import Fiabilite, NatureCollectivite, PrecisionDate
from territoires.forms_imports import FormulaireListeImportee
from territoires.models import (
    Collectivite,
    Composition,
    Couverture,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Rattachement,
    Region,
    Territoire,
)

MEMBRES_NOMMES_MAX = 3


@enregistrer
class ImportTerritoires(RessourceImport):
    """One row per commune, per EPCI or per territory: compared on the communes of today that are covered.

    Options: `liste` (slug), and for a list that doesn't exist yet `titre`, `date` (ISO), `precision`, `phase` (number),
    `source`, `fiabilite`.
    """

    cle = "territoires"
    nom = "Territoires d'une liste"
    modeles = (Liste, Territoire, Inscription, Composition)
    colonnes = (
        Colonne("id_ti", "Code du territoire", Texte(obligatoire=True), ("code", "code_ti", "identifiant"), True),
        Colonne("lib_ti", "Nom du territoire", Texte(), ("nom", "libelle_ti", "territoire", "nom_ti")),
        Colonne("insee_com", "Code Insee de la commune", CodeInsee(), ("code_insee", "codgeo", "com", "depcom")),
        Colonne("lib_com", "Nom de la commune", Texte(), ("commune", "nom_commune", "libgeo")),
        Colonne("siren_epci", "SIREN de l'intercommunalité", Siren(), ("code_epci", "epci", "siren")),
        Colonne("nom_epci", "Nom de l'intercommunalité", Texte(), ("lib_epci", "libelle_epci")),
        Colonne("siren_groupement", "SIREN des membres", ListeDe(Siren()), ("sirens", "siren_membres", "membres")),
        Colonne("lib_groupement", "Noms des membres", Texte(), ("groupements", "noms_membres")),
        Colonne("region_code", "Code de la région pilote", Texte(), ("region_pilote", "code_region", "reg")),
    )
    colonnes_de_membres = ("insee_com", "siren_groupement", "siren_epci")
    formulaire = FormulaireListeImportee

    @classmethod
    def arguments(cls, parser):
        parser.add_argument("--liste", required=True, metavar="AAAA-MM-JJ", help="date de la liste")
        parser.add_argument("--titre", help="titre de la liste, si elle est nouvelle")
        parser.add_argument("--phase", type=int, default=1)

    @classmethod
    def options_de(cls, arguments):
        options = {"liste": arguments["liste"], "date": arguments["liste"], "phase": arguments["phase"]}
        if arguments["titre"]:
            options["titre"] = arguments["titre"]
        return options

    def ou_voir(self):
        return Liste.objects.filter(slug=self.options["liste"])

    def verifier(self, correspondance):
        if not any(cle in correspondance.places for cle in self.colonnes_de_membres):
            yield Probleme(
                "manquante",
                "Aucune colonne ne dit quels sont les membres : il faut un code Insee de commune (insee_com) "
                "ou un SIREN d'intercommunalité (siren_epci ou siren_groupement).",
                "insee_com",
            )

    # --- What the base says -------------------------------------------------------------------------------------
    def commencer(self, lignes):
        self.liste = Liste.objects.select_related("phase").filter(slug=self.options["liste"]).first()
        self.phase = self.liste.phase if self.liste else Phase.objects.get(numero=self.options.get("phase", 1))
        self.jour = self.liste.date if self.liste else date.fromisoformat(self.options["date"])
        self.decoupage = perimetres.Decoupage()
        self.groupements = Collectivite.objects.groupements().in_bulk()
        self.rattachements = defaultdict(list)
        for rattachement in Rattachement.objects.all().iterator(chunk_size=2000):
            self.rattachements[rattachement.groupement_id].append(rattachement)
        self.regions = set(Region.objects.values_list("code", flat=True))
        self.territoires = {territoire.code: territoire for territoire in self.phase.territoires.all()}
        self.slugs = set(Territoire.objects.values_list("slug", flat=True))
        self.inscriptions = (
            {i.code: i for i in self.liste.inscriptions.select_related("territoire")} if self.liste else {}
        )
        self._lire_les_membres()
        self.reclames = defaultdict(set)
        self.dites = defaultdict(set)
        self.noms_lus = {}
        self.noms, self.renommes, self.crees = {}, set(), set()
        for ligne in lignes():
            if not ligne.problemes:
                code = self._code(ligne)
                self.noms_lus.setdefault(code, ligne.valeurs.get("lib_ti", ""))
                for commune in self._communes_de(ligne)[0]:
                    self.reclames[commune].add(code)

    def _lire_les_membres(self):
        """`compositions` by territory code then member; `couvertes`: commune of today → (territory code, member)."""
        self.compositions, self.couvertes = defaultdict(dict), {}
        if not self.liste:
            return
        codes = {inscription.pk: code for code, inscription in self.inscriptions.items()}
        for composition in Composition.objects.filter(inscription__liste=self.liste, au=None):
            code = codes[composition.inscription_id]
            self.compositions[code][composition.collectivite_id] = composition
            for commune in self._communes_du_membre(composition.collectivite_id):
                self.couvertes[commune] = (code, composition.collectivite_id)

    def _communes_du_membre(self, code):
        """Return the communes of today that a member covers: itself, or those of the EPCI at the list's date."""
        if code in self.decoupage.toutes:
            return {self.decoupage.actuelle(code)}
        jour = max(self.jour, self.groupements[code].du or self.jour)
        return {
            self.decoupage.actuelle(rattachement.commune_id)
            for rattachement in self.rattachements[code]
            if (rattachement.du or jour) <= jour <= (rattachement.au or jour)
        }

    # --- Each row -----------------------------------------------------------------------------------------------
    def _code(self, ligne):
        return ligne.valeurs["id_ti"].strip().lower()

    def _membres(self, ligne):
        """Return the codes that the row names: its commune, else its EPCI, else those of the cell."""
        if ligne.valeurs.get("insee_com"):
            return [ligne.valeurs["insee_com"]]
        if ligne.valeurs.get("siren_epci"):
            return [ligne.valeurs["siren_epci"]]
        return list(ligne.valeurs.get("siren_groupement") or [])

    def _communes_de(self, ligne):
        """Return (communes of today that the row covers, codes that nobody knows)."""
        communes, inconnus = set(), []
        for code in self._membres(ligne):
            if code not in self.decoupage.toutes and code not in self.groupements:
                inconnus.append(code)
                continue
            communes |= self._communes_du_membre(code)
        return communes, inconnus

    def comparer(self, ligne):
        code, membres = self._code(ligne), self._membres(ligne)
        communes, inconnus = self._communes_de(ligne)
        connu = self.inscriptions.get(code)
        nom = ligne.valeurs.get("lib_ti") or self.noms.get(code) or (connu.nom if connu else "")
        empechement = self._empechement(code, nom, membres, communes, inconnus)
        if empechement:
            return empechement
        libelle = f"{nom} ({code})"
        self.noms[code] = nom
        if communes <= self.dites[code]:
            return Verdict(Seau.DOUBLON, libelle)
        nouvelles = {c for c in communes - self.dites[code] if self.couvertes.get(c, ("",))[0] != code}
        self.dites[code] |= communes
        verdict = Verdict(Seau.INCHANGEE, libelle)
        self._inscrire(verdict, code, nom, ligne, communes)
        if nouvelles:
            self._ajouter(verdict, code, membres, nouvelles)
        elif verdict.operations:
            verdict.seau = Seau.MODIFIEE
        return verdict

    def _empechement(self, code, nom, membres, communes, inconnus):
        """Return the refusal of a row, whole, or None."""
        if inconnus:
            noms = enumeration(f"« {inconnu} »" for inconnu in inconnus[:MEMBRES_NOMMES_MAX])
            return refus(
                f"Aucune commune ni intercommunalité connue ne porte ce code : {noms}.",
                "Vérifiez le code ; s'il est récent, mettez d'abord à jour le découpage administratif.",
            )
        if not communes:
            return refus(
                "La ligne ne nomme aucune commune à la date de la liste.",
                "Indiquez un code Insee de commune ou le SIREN d'une intercommunalité.",
            )
        if not nom:
            return refus(f"Le territoire {code} est nouveau et n'a pas de nom.", "Ajoutez une colonne lib_ti.")
        if self.noms.get(code, nom) != nom:
            return refus(
                f"Le code {code} porte deux noms dans le fichier : « {self.noms[code]} » et « {nom} ».",
                "Gardez un seul nom par code.",
            )
        for commune in sorted(communes):
            disputee = self._dispute(code, membres, commune)
            if disputee:
                return refus(
                    f"{self.decoupage.toutes[commune]} ne peut être dans deux territoires d'une même liste : "
                    f"{enumeration(disputee)}.",
                    "Gardez-la dans un seul territoire.",
                )
        return None

    def _dispute(self, code, membres, commune):
        """Return the territories that claim a commune when they are several, else nothing.

        A commune that stands alone in another territory is moved when the file no longer claims it for that one;
        out of an EPCI it can't be taken without redrawing that territory.
        """
        reclames = self.reclames[commune]
        if len(reclames) > 1:
            return sorted(self._nommer(autre) for autre in reclames)
        autre, membre = self.couvertes.get(commune, (code, None))
        if autre == code or (len(membres) == 1 and membre in self.decoupage.toutes):
            return []
        return sorted([self._nommer(autre), self._nommer(code)])

    def _nommer(self, code):
        connu = self.inscriptions.get(code)
        nom = self.noms_lus.get(code) or (connu.nom if connu else "")
        return f"{nom} ({code})" if nom else code

    # --- What the row does --------------------------------------------------------------------------------------
    def _inscrire(self, verdict, code, nom, ligne, communes):
        """Add what puts the territory in the list, or renames it: once a file."""
        if code in self.inscriptions:
            self._renommer(verdict, self.inscriptions[code], nom)
            return
        if code in self.crees:
            return
        self.crees.add(code)
        territoire = self.territoires.get(code)
        if territoire is None:
            verdict.operations.append(
                operations.creer(
                    Territoire,
                    f"territoire/{code}",
                    phase_id=self.phase.pk,
                    code=code,
                    slug=self._slug(nom, code),
                    nom=nom,
                )
            )
        elif territoire.nom != nom and self._est_la_derniere():
            verdict.operations.append(operations.modifier(territoire, nom=nom))
        verdict.operations.append(
            operations.creer(
                Inscription,
                f"inscription/{code}",
                liste_id=self.liste.pk if self.liste else operations.cle_de("liste"),
                territoire_id=territoire.pk if territoire else operations.cle_de(f"territoire/{code}"),
                code=code,
                nom=nom,
                nom_normalise=normaliser(f"{nom} {code}"),
                region_id=self._region(code, ligne, communes),
                fiabilite=self.options.get("fiabilite", Fiabilite.OFFICIEL.value),
                source=self.options.get("source", ""),
            )
        )
        verdict.changements.append({"champ": "territoire", "avant": "", "apres": f"{nom} ({code})"})

    def _renommer(self, verdict, inscription, nom):
        if inscription.nom == nom or inscription.code in self.renommes:
            return
        self.renommes.add(inscription.code)
        verdict.operations.append(
            operations.modifier(inscription, nom=nom, nom_normalise=normaliser(f"{nom} {inscription.code}"))
        )
        if inscription.territoire.nom == inscription.nom:
            verdict.operations.append(operations.modifier(inscription.territoire, nom=nom))
        verdict.changements.append({"champ": "nom", "avant": inscription.nom, "apres": nom})

    def _ajouter(self, verdict, code, membres, nouvelles):
        """Add the members that bring new communes; a commune that stood alone elsewhere is moved."""
        inscription = self.inscriptions.get(code)
        cle = inscription.pk if inscription else operations.cle_de(f"inscription/{code}")
        verdict.seau = Seau.MODIFIEE
        for membre in membres:
            communes = self._communes_du_membre(membre) & nouvelles
            if not communes:
                continue
            autre, ancien = self.couvertes.get(next(iter(communes)), (None, None))
            if autre:
                verdict.operations.append(
                    operations.modifier(self.compositions[autre][ancien], inscription_id=cle)
                )
                verdict.changements.append(
                    {"champ": "territoire", "avant": self._nommer(autre), "apres": self._nommer(code)}
                )
                continue
            verdict.seau = Seau.CREEE
            verdict.operations.append(
                operations.creer(
                    Composition, f"membre/{code}/{membre}", inscription_id=cle, collectivite_id=membre
                )
            )
            verdict.changements.append({"champ": "membre", "avant": "", "apres": membre})

    def _slug(self, nom, code):
        slug = slugify(nom)[:130] or slugify(code)
        if slug in self.slugs:
            slug = f"{slug}-{slugify(code)}-{self.phase.numero}"
        self.slugs.add(slug)
        return slug

    def _region(self, code, ligne, communes):
        """Return the lead region: given, else that of the code (ti-RRNN), else that of a commune."""
        for candidate in (ligne.valeurs.get("region_code") or "", code.removeprefix("ti-")[:2]):
            if candidate in self.regions:
                return candidate
        return self.decoupage.actuelles[min(communes)].departement.region_id

    def _est_la_derniere(self):
        return not Liste.objects.filter(phase=self.phase, date__gt=self.jour).exists()

    # --- The rest of the list -----------------------------------------------------------------------------------
    def disparus(self):
        """Members none of whose communes the file names. Kept in the operations: their end, today, when chosen."""
        dites = set().union(*self.dites.values()) if self.dites else set()
        for code, membres in self.compositions.items():
            for membre, composition in membres.items():
                if not self._communes_du_membre(membre) & dites:
                    yield Verdict(
                        Seau.DISPARU,
                        f"{membre} dans {self._nommer(code)}",
                        operations=[operations.modifier(composition, au=timezone.localdate())],
                    )

    def operations_initiales(self):
        if self.liste:
            return []
        options = self.options
        return [
            operations.creer(
                Liste,
                "liste",
                slug=options["liste"],
                titre=options.get("titre") or f"Liste du {options['date']}",
                date=options["date"],
                precision=options.get("precision", PrecisionDate.JOUR.value),
                phase_id=Phase.objects.get(numero=options.get("phase", 1)).pk,
                source=options.get("source", ""),
            )
        ]

    def suites(self):
        liste = Liste.objects.filter(slug=self.options["liste"]).first()
        if liste is None:
            return
        try:
            perimetres.appliquer(liste)
        except IntegrityError as erreur:
            raise operations.Conflit(["une commune est maintenant dans deux territoires de la liste"]) from erreur

    def avant_de_defaire(self):
        Couverture.objects.filter(liste__slug=self.options["liste"]).delete()
        Perimetre.objects.filter(inscription__liste__slug=self.options["liste"]).delete()


@enregistrer
class ImportCollectivites(RessourceModele):
    """Updates of the administrative map: communes and EPCI, their end and their successor."""

    cle = "collectivites"
    nom = "Communes et intercommunalités"
    modele = Collectivite
    modeles = (Collectivite,)
    identite = ("code",)
    attributs = {
        "code": "code",
        "nature": "nature",
        "nom": "nom",
        "departement": "departement_id",
        "population": "population",
        "superficie": "superficie",
        "codes_postaux": "codes_postaux",
        "du": "du",
        "au": "au",
        "remplacee_par": "remplacee_par_id",
    }
    colonnes = (
        Colonne("code", "Code Insee ou SIREN", Texte(obligatoire=True), ("insee", "siren", "codgeo"), True),
        Colonne("nature", "Nature", Choix(NatureCollectivite.choices, obligatoire=True), ("type",), True),
        Colonne("nom", "Nom", Texte(obligatoire=True), ("libelle", "libgeo"), True),
        Colonne("departement", "Département", Texte(), ("dep", "code_departement")),
        Colonne("population", "Population municipale", Entier(), ("pop", "pmun")),
        Colonne("superficie", "Superficie (km²)", Decimal(), ("surface",)),
        Colonne("codes_postaux", "Codes postaux", Texte(), ("code_postal", "cp")),
        Colonne("du", "Depuis le", Date(), ("date_debut",)),
        Colonne("au", "Jusqu'au", Date(), ("date_fin",)),
        Colonne("remplacee_par", "Remplacée par", Texte(), ("successeur",)),
    )
