"""Titles to be searched: a few that are easy to think about, nasty ones among them."""

from catalogue_api.storage.tables import Item, Title, TitleNumber


def title(number: int, title_: str, author: str = "", **values) -> Title:
    values = {"source": "corpus", "control_number": str(number), "language": "fre"} | values
    return Title(id=number, title=title_, author=author, **values)


def corpus() -> list[Title]:
    return [
        title(11, "Les Misérables", "Hugo, Victor", year=1862, isbn="9782070409228"),
        title(12, "Notre-Dame de Paris", "Hugo, Victor", year=1831),
        title(13, "Victor Hugo : une vie", "Rosa, Annette", subjects="Hugo, Victor\nParis"),
        title(14, "L’Œuvre", "Zola, Émile", year=1886, kind="book"),
        title(15, "Oeuvres complètes", "Zola, Émile", year=1901),
        title(16, "L'Histoire de France", "Michelet, Jules", subjects="Histoire -- France"),
        title(17, "Les Chevaux du soleil", "Roy, Jules", series="Histoire d'un siècle"),
        title(18, "Le Cheval d'orgueil", "Hélias, Pierre-Jakez", audience="adult"),
        title(19, "Le Petit Prince", "Saint-Exupéry, Antoine de", audience="child", year=1943),
        title(20, "Petit prince deviendra grand", "Inconnu", audience="child", year=2001),
        title(21, "Crime et châtiment", "Dostoïevski, Fiodor", year=1866),
        title(22, "東京物語", "小津安二郎", kind="film", language="jpn"),
        title(23, "Война и мир", "Толстой, Лев", language="rus"),
        title(24, "שָׁלוֹם", "", language="heb"),
        title(25, "'; DROP TABLE titles; --", '<script>alert("x")</script>'),
        title(26, '"NEAR(a b)" AND * OR NOT ^', "title : {x}"),
        title(27, "🎉", "Émoji"),
        title(28, "a\u0301\u0301 naïve ﬁn", "Ligature", summary="mot " * 3000 + "dernier"),
        title(29, "Astérix chez les Bretons", "Goscinny, René", kind="comic", year=1966),
        title(30, "Astérix le Gaulois", "Goscinny, René", kind="comic", year=1961),
        title(31, "1984", "Orwell, George", year=1949, language="eng"),
        title(32, "Seigneur des anneaux", "Tolkien, J. R. R.", subjects="Elfes\nAnneaux"),
    ]


def copies() -> list[Item]:
    return [
        Item(
            id=100 + number,
            barcode=f"30{number:05d}",
            title_id=number,
            home_site=site,
            current_site=site,
        )
        for number, site in [(11, "cachan"), (12, "arcueil"), (19, "cachan"), (20, "cachan")]
    ] + [Item(id=200, barcode="B-2 00", title_id=11, home_site="arcueil", current_site="arcueil")]


def numbers() -> list[TitleNumber]:
    return [TitleNumber(title_id=19, number="9782070612758", kind="isbn")]
