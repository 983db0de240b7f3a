"""The name of a browser, as its owner knows it."""

# In this order: most pretend to be another one too.
NAVIGATEURS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMES = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def nommer(agent):
    """Return « Firefox, Windows » from what a browser says of itself."""
    navigateur = _chercher(NAVIGATEURS, agent) or "Navigateur inconnu"
    systeme = _chercher(SYSTEMES, agent)
    return f"{navigateur}, {systeme}" if systeme else navigateur


def _chercher(noms, agent):
    return next((nom for marque, nom in noms.items() if marque in agent), "")
