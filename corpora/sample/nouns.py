"""The nouns of the sample grammar: gender, plural, genitive, and the kinds a verb selects by."""

from typing import NamedTuple


class Noun(NamedTuple):
    """A noun in both languages.

    english, english_plural: the English forms.
    german: nominative singular; gender: one of m, f, n; plural: nominative plural.
    genitive: genitive singular (masculine and neuter; feminine nouns do not change).
    weak: masculine n-declension: the genitive form also serves dative and accusative singular.
    kinds: what the noun can be: a person, an animal, a text, ...
    """

    english: str
    english_plural: str
    german: str
    gender: str
    plural: str
    genitive: str
    weak: bool
    kinds: frozenset[str]


def english_plural(singular: str) -> str:
    """The regular English plural."""
    if singular.endswith(("s", "sh", "ch", "x")):
        return singular + "es"
    if singular.endswith("y") and singular[-2] not in "aeiou":
        return singular[:-1] + "ies"
    return singular + "s"


def _noun(row: str, kinds: str) -> Noun:
    """Reads ``english[/plural] | German | gender | plural[ | genitive[ | weak]]``."""
    cells = [cell.strip() for cell in row.split("|")]
    english, _, irregular = cells[0].partition("/")
    genitive = cells[4] if len(cells) > 4 else cells[1]
    return Noun(
        english=english,
        english_plural=irregular or english_plural(english),
        german=cells[1],
        gender=cells[2],
        plural=cells[3],
        genitive=genitive,
        weak=len(cells) > 5,
        kinds=frozenset(kinds.split()),
    )


def _nouns(kinds: str, table: str) -> tuple[Noun, ...]:
    return tuple(_noun(row, kinds) for row in table.strip().splitlines())


NOUNS: tuple[Noun, ...] = (
    *_nouns(
        "person creature",
        """
        man/men | Mann | m | Männer | Mannes
        woman/women | Frau | f | Frauen
        child/children | Kind | n | Kinder | Kindes
        boy | Junge | m | Jungen | Jungen | weak
        girl | Mädchen | n | Mädchen | Mädchens
        teacher | Lehrer | m | Lehrer | Lehrers
        doctor | Arzt | m | Ärzte | Arztes
        neighbour | Nachbar | m | Nachbarn | Nachbarn | weak
        friend | Freund | m | Freunde | Freundes
        student | Student | m | Studenten | Studenten | weak
        baker | Bäcker | m | Bäcker | Bäckers
        farmer | Bauer | m | Bauern | Bauern | weak
        colleague | Kollege | m | Kollegen | Kollegen | weak
        guest | Gast | m | Gäste | Gastes
        nurse | Krankenschwester | f | Krankenschwestern
        singer | Sänger | m | Sänger | Sängers
        waiter | Kellner | m | Kellner | Kellners
        policeman/policemen | Polizist | m | Polizisten | Polizisten | weak
        """,
    ),
    *_nouns(
        "person family creature",
        """
        mother | Mutter | f | Mütter
        father | Vater | m | Väter | Vaters
        brother | Bruder | m | Brüder | Bruders
        sister | Schwester | f | Schwestern
        grandmother | Großmutter | f | Großmütter
        grandfather | Großvater | m | Großväter | Großvaters
        uncle | Onkel | m | Onkel | Onkels
        aunt | Tante | f | Tanten
        son | Sohn | m | Söhne | Sohnes
        daughter | Tochter | f | Töchter
        """,
    ),
    *_nouns(
        "animal creature",
        """
        dog | Hund | m | Hunde | Hundes
        cat | Katze | f | Katzen
        horse | Pferd | n | Pferde | Pferdes
        cow | Kuh | f | Kühe
        bird | Vogel | m | Vögel | Vogels
        mouse/mice | Maus | f | Mäuse
        pig | Schwein | n | Schweine | Schweins
        goat | Ziege | f | Ziegen
        duck | Ente | f | Enten
        rabbit | Kaninchen | n | Kaninchen | Kaninchens
        bear | Bär | m | Bären | Bären | weak
        lion | Löwe | m | Löwen | Löwen | weak
        monkey | Affe | m | Affen | Affen | weak
        """,
    ),
    *_nouns(
        "food ware",
        """
        apple | Apfel | m | Äpfel | Apfels
        pear | Birne | f | Birnen
        banana | Banane | f | Bananen
        orange | Orange | f | Orangen
        carrot | Karotte | f | Karotten
        tomato/tomatoes | Tomate | f | Tomaten
        potato/potatoes | Kartoffel | f | Kartoffeln
        egg | Ei | n | Eier | Eies
        sausage | Wurst | f | Würste
        """,
    ),
    *_nouns(
        "food ware pastry",
        """
        cake | Kuchen | m | Kuchen | Kuchens
        roll | Brötchen | n | Brötchen | Brötchens
        """,
    ),
    *_nouns("food dish", "soup | Suppe | f | Suppen"),
    *_nouns(
        "fodder mass",
        """
        bread/bread | Brot | n | Brote | Brotes
        cheese/cheese | Käse | m | Käse | Käses
        meat/meat | Fleisch | n | Fleisch | Fleisches
        rice/rice | Reis | m | Reis | Reises
        chocolate/chocolate | Schokolade | f | Schokoladen
        """,
    ),
    *_nouns(
        "drink mass",
        """
        water/water | Wasser | n | Wasser | Wassers
        milk/milk | Milch | f | Milch
        coffee/coffee | Kaffee | m | Kaffees | Kaffees
        tea/tea | Tee | m | Tees | Tees
        beer/beer | Bier | n | Biere | Biers
        wine/wine | Wein | m | Weine | Weins
        juice/juice | Saft | m | Säfte | Saftes
        lemonade/lemonade | Limonade | f | Limonaden
        """,
    ),
    *_nouns(
        "text ware thing flat",
        """
        book | Buch | n | Bücher | Buches
        newspaper | Zeitung | f | Zeitungen
        letter | Brief | m | Briefe | Briefes
        magazine | Zeitschrift | f | Zeitschriften
        """,
    ),
    *_nouns("story tale", "story | Geschichte | f | Geschichten"),
    *_nouns("story song", "song | Lied | n | Lieder | Liedes"),
    *_nouns(
        "clothing ware thing",
        """
        shirt | Hemd | n | Hemden | Hemdes
        coat | Mantel | m | Mäntel | Mantels
        dress | Kleid | n | Kleider | Kleides
        hat | Hut | m | Hüte | Hutes
        skirt | Rock | m | Röcke | Rocks
        jacket | Jacke | f | Jacken
        scarf/scarves | Schal | m | Schals | Schals
        tie | Krawatte | f | Krawatten
        """,
    ),
    *_nouns(
        "ware thing small",
        """
        bag | Tasche | f | Taschen
        box | Kiste | f | Kisten
        cup | Tasse | f | Tassen
        plate | Teller | m | Teller | Tellers
        bottle | Flasche | f | Flaschen
        knife/knives | Messer | n | Messer | Messers
        spoon | Löffel | m | Löffel | Löffels
        key | Schlüssel | m | Schlüssel | Schlüssels
        umbrella | Regenschirm | m | Regenschirme | Regenschirms
        ball | Ball | m | Bälle | Balls
        doll | Puppe | f | Puppen
        flower | Blume | f | Blumen
        pencil | Bleistift | m | Bleistifte | Bleistifts
        gift | Geschenk | n | Geschenke | Geschenks
        """,
    ),
    *_nouns(
        "ware thing small machine",
        """
        lamp | Lampe | f | Lampen
        computer | Computer | m | Computer | Computers
        camera | Kamera | f | Kameras
        radio | Radio | n | Radios | Radios
        """,
    ),
    *_nouns(
        "ware thing hanging",
        """
        picture | Bild | n | Bilder | Bildes
        mirror | Spiegel | m | Spiegel | Spiegels
        clock | Uhr | f | Uhren
        """,
    ),
    *_nouns(
        "ware thing furniture",
        """
        table | Tisch | m | Tische | Tisches
        chair | Stuhl | m | Stühle | Stuhls
        bed | Bett | n | Betten | Bettes
        cupboard | Schrank | m | Schränke | Schranks
        carpet | Teppich | m | Teppiche | Teppichs
        sofa | Sofa | n | Sofas | Sofas
        """,
    ),
    *_nouns(
        "opening thing",
        """
        door | Tür | f | Türen
        window | Fenster | n | Fenster | Fensters
        """,
    ),
    *_nouns(
        "vehicle ware thing",
        """
        car | Auto | n | Autos | Autos
        bicycle | Fahrrad | n | Fahrräder | Fahrrads
        boat | Boot | n | Boote | Bootes
        """,
    ),
    *_nouns(
        "transport",
        """
        bus | Bus | m | Busse | Busses
        train | Zug | m | Züge | Zuges
        tram | Straßenbahn | f | Straßenbahnen
        ship | Schiff | n | Schiffe | Schiffes
        """,
    ),
    *_nouns(
        "room",
        """
        kitchen | Küche | f | Küchen
        cellar | Keller | m | Keller | Kellers
        garage | Garage | f | Garagen
        bathroom | Badezimmer | n | Badezimmer | Badezimmers
        living room | Wohnzimmer | n | Wohnzimmer | Wohnzimmers
        office | Büro | n | Büros | Büros
        """,
    ),
    *_nouns(
        "building",
        """
        house | Haus | n | Häuser | Hauses
        school | Schule | f | Schulen
        restaurant | Restaurant | n | Restaurants | Restaurants
        museum | Museum | n | Museen | Museums
        hotel | Hotel | n | Hotels | Hotels
        library | Bibliothek | f | Bibliotheken
        bakery | Bäckerei | f | Bäckereien
        church | Kirche | f | Kirchen
        hospital | Krankenhaus | n | Krankenhäuser | Krankenhauses
        cinema | Kino | n | Kinos | Kinos
        shop | Laden | m | Läden | Ladens
        """,
    ),
    *_nouns(
        "outdoors",
        """
        garden | Garten | m | Gärten | Gartens
        park | Park | m | Parks | Parks
        forest | Wald | m | Wälder | Waldes
        city | Stadt | f | Städte
        village | Dorf | n | Dörfer | Dorfes
        """,
    ),
    *_nouns(
        "surface",
        """
        roof | Dach | n | Dächer | Daches
        street | Straße | f | Straßen
        bridge | Brücke | f | Brücken
        meadow | Wiese | f | Wiesen
        market | Markt | m | Märkte | Marktes
        """,
    ),
    *_nouns(
        "edge",
        """
        station | Bahnhof | m | Bahnhöfe | Bahnhofs
        lake | See | m | Seen | Sees
        river | Fluss | m | Flüsse | Flusses
        beach | Strand | m | Strände | Strandes
        airport | Flughafen | m | Flughäfen | Flughafens
        """,
    ),
    *_nouns(
        "matter",
        """
        holiday | Urlaub | m | Urlaube | Urlaubs
        weather/weather | Wetter | n | Wetter | Wetters
        work/work | Arbeit | f | Arbeiten
        """,
    ),
    *_nouns(
        "event",
        """
        film | Film | m | Filme | Films
        concert | Konzert | n | Konzerte | Konzerts
        journey | Reise | f | Reisen
        party | Feier | f | Feiern
        """,
    ),
)

_BY_ENGLISH = {noun.english: noun for noun in NOUNS}
_KINDS = frozenset(kind for noun in NOUNS for kind in noun.kinds)
_BY_KIND = {kind: tuple(noun for noun in NOUNS if kind in noun.kinds) for kind in _KINDS}


def noun(english: str) -> Noun:
    """The noun with this English singular."""
    return _BY_ENGLISH[english]


def nouns_of(kind: str) -> tuple[Noun, ...]:
    """Every noun of a kind, in the lexicon's order."""
    return _BY_KIND[kind]
