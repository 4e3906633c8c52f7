"""Words that decide what a sentence promises: a text in which one of them comes, goes or is replaced is never taken for
the same text, however little else changes.

By language, for one word may mean much in one of them and little in another; of a language that is not here, every
word counts. A number in digits, a name and a country are not listed: `graph.impact.wording` knows them by their look
and from the map.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS: Mapping[str, frozenset[str]] = {
    "en": _words("""
        not no non nor neither never none nobody nothing nowhere cannot without unless except excepting excluding save
        despite notwithstanding refuse refuses forbidden prohibited hardly rarely opt yes
        dont doesnt didnt cant wont isnt arent wasnt werent hasnt havent hadnt couldnt shouldnt wouldnt mustnt neednt
        shant aint
        prohibit prohibits prohibiting forbid forbids refrain refrains deny denies decline declines
    """),
    "de": _words("""
        nicht nie niemals nirgends kein keine keinen keinem keiner keines keinerlei nichts niemand niemanden niemandem
        weder noch ohne außer ausser ausgenommen ausgeschlossen sofern soweit trotz ungeachtet verboten untersagt kaum
        ja nein
        verbietet verbieten unterlassen unterlässt verweigert verweigern
    """),
    "fr": _words("""
        ne n non ni pas jamais aucun aucune nul nulle rien sans sauf hormis excepté excepter exclu exclus exclue
        exclues malgré nonobstant interdit interdite interdits interdites guère oui
        interdire interdisons interdisent refuser refuse refusons abstenir abstient abstenons
    """),
    "ru": _words("""
        не ни нет нельзя никогда никто никого никому никем ничто ничего ничему нигде никуда никакой никакая никакое
        никакие никаких никаким никакими никак без кроме исключая исключением исключены исключено вопреки несмотря
        запрещено запрещается запрещена запрещены запрещён запрещен отказ отказаться отказывается едва вряд да
    """),
}

MODALS: Mapping[str, frozenset[str]] = {
    "en": _words("""
        may might can could shall should will would must ought need needs needn't required requires require obliged
        mandatory optional voluntary voluntarily permitted allowed entitled only solely exclusively always automatically
        if until before after least most more less
        permit permits allow allows entitle entitles compulsory obligatory
    """),
    "de": _words("""
        darf dürfen dürft durfte dürfte dürften kann können könnt könnte könnten soll sollen sollte sollten muss muß
        müssen musste müsste müssten will wollen verpflichtet erforderlich notwendig freiwillig
        zwingend erlaubt gestattet zulässig berechtigt nur lediglich ausschließlich ausschliesslich allein stets immer
        automatisch wenn falls bis mindestens höchstens mehr weniger
        erlauben erlaubt gestatten gestattet
    """),
    "fr": _words("""
        peut peuvent pouvons pouvez pourra pourront pourrait pourraient doit doivent devons devez devra devront devrait
        devraient faut faudra obligé obligée obligés obligées obligatoire obligatoires facultatif facultative
        facultatifs facultatives volontaire nécessaire nécessaires requis requise requises permis permise autorisé
        autorisée autorisés autorisées seul seule seulement uniquement exclusivement toujours automatiquement si
        jusque jusqu s'il s'ils avant après moins plus
        permettre permet permettent permettons autorise autorisent autorisons
    """),
    "ru": _words("""
        может могут можем можете можно могли мог могла должен должна должно должны обязан обязана обязано обязаны
        обязательно обязательный обязательная обязательное обязательные обязуется обязуемся следует необходимо
        необходим необходима необходимы требуется требуются требует нужно вправе разрешено разрешается допускается
        допустимо добровольно добровольный только лишь исключительно единственно всегда автоматически если пока до
        после перед более менее больше меньше минимум максимум хотя бы
    """),
}

_GERMAN_ORDINALS = frozenset(
    stem + ending
    for stem in _words("""
        erst zweit dritt viert fünft sechst siebt siebent acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt
        sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst dreißigst dreissigst vierzigst fünfzigst hundertst
    """)
    for ending in _words("e en er es em")
)
_RUSSIAN_ORDINALS = frozenset(
    stem + ending
    for stem in _words("""
        перв втор четвёрт четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат
        шестнадцат семнадцат восемнадцат девятнадцат двадцат тридцат сороков пятидесят сот
    """)
    for ending in _words("ый ой ая ое ого ому ым ом ую ые ых ыми")
)

NUMBERS: Mapping[str, frozenset[str]] = {
    "en": _words("""
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half
        quarter third first second once twice thrice double all every fourth fifth sixth seventh eighth ninth tenth
        eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth
        fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth thousandth
        hundreds thousands millions billions trillion dozen dozens tens both single twofold threefold fourfold fivefold
        sixfold tenfold hundredfold thirds fifths halves
    """),
    "de": _words("""
        null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
        siebzehn achtzehn neunzehn zwanzig dreißig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig hundert
        tausend million millionen halb halbe halben viertel drittel erste ersten zweite zweiten einmal zweimal dreimal
        doppelt alle allen aller jede jeder jedes jeden jedem
        hunderte hunderten hunderter tausende tausenden tausender dutzend dutzende dutzenden milliarde milliarden beide
        beiden beider zweifach zweifache dreifach dreifache vierfach vierfache fünffach fünffache zehnfach zehnfache
        hälfte
    """)
    | _GERMAN_ORDINALS,
    "fr": _words("""
        zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente
        quarante cinquante soixante quatre-vingt cent cents mille million millions milliard demi demie moitié quart
        tiers premier première second seconde fois double tous toutes chaque
        deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième treizième
        quatorzième quinzième seizième vingtième trentième centième
        millier milliers milliards centaine centaines dizaine dizaines douzaine douzaines quinzaine vingtaine trentaine
        cinquantaine moitiés triple quadruple décuple
    """),
    "ru": _words("""
        ноль нуль один одна одно одни одного одной одному одним одну два две двух двум двумя три трёх трех трём трем
        тремя четыре четырёх четырех пять пяти шесть шести семь семи восемь восьми девять девяти десять десяти
        одиннадцать одиннадцати двенадцать двенадцати тринадцать тринадцати четырнадцать четырнадцати пятнадцать
        пятнадцати шестнадцать шестнадцати семнадцать восемнадцать восемнадцати девятнадцать двадцать двадцати тридцать
        тридцати сорок сорока пятьдесят пятидесяти шестьдесят шестидесяти семьдесят восемьдесят девяносто девяноста сто
        ста двести триста пятьсот тысяча тысячи тысяч миллион миллиона миллионов миллиард половина половины полгода
        полтора полутора четверть треть третий третья третье третьего третьей третьему третьим третьем третью третьи
        третьих однажды дважды трижды вдвое все всех всем всеми весь всю всего каждый каждая каждое каждого каждой
        каждому каждые каждую любой любая любое любые любых любого
        сотня сотню сотни сотен сотням сотнями сотнях десяток десятка десятки десятков десяткам десятками десятках
        тысячу тысячей тысячам тысячами тысячах миллионы миллионам миллионами миллиарды миллиардов дюжина дюжину дюжины
        дюжин оба обе обоих обеих втрое
    """)
    | _RUSSIAN_ORDINALS,
}

#: Parts of dates, and units of time.
TIMES: Mapping[str, frozenset[str]] = {
    "en": _words("""
        january february march april june july august september october november december monday tuesday wednesday
        thursday friday saturday sunday second seconds minute minutes hour hours day days night week weeks month months
        quarter quarters year years decade decades hourly daily weekly monthly quarterly yearly annually annual working
        calendar immediately promptly forever indefinitely permanently temporarily today tomorrow
        fortnight fortnights fortnightly noon midday midnight overnight nightly weekday weekdays weekend weekends annum
        semester semesters
    """),
    "de": _words("""
        januar jänner februar märz april mai juni juli august september oktober november dezember montag dienstag
        mittwoch donnerstag freitag samstag sonntag sekunde sekunden minute minuten stunde stunden tag tage tagen
        tages woche wochen monat monate monaten monats quartal quartale jahr jahre jahren jahres jahrzehnt jahrzehnte
        stündlich täglich wöchentlich monatlich jährlich werktag werktage werktagen kalendertage sofort unverzüglich
        dauerhaft unbefristet befristet vorübergehend heute morgen
        mittag mittags mitternacht wochenende wochenenden werktags semester vierzehntägig halbjährlich zweiwöchentlich
    """),
    "fr": _words("""
        janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi
        vendredi samedi dimanche seconde secondes minute minutes heure heures jour jours journée semaine semaines mois
        trimestre trimestres an ans année années décennie quotidien hebdomadaire mensuel mensuelle annuel annuelle
        ouvrable ouvrables immédiatement indéfiniment définitivement temporairement aujourd'hui demain
        midi minuit semestre semestres semestriel semestrielle quotidienne week-end ouvré ouvrés
    """),
    "ru": _words("""
        январь января январе февраль февраля феврале март марта марте апрель апреля апреле май мая мае июнь июня июне
        июль июля июле август августа августе сентябрь сентября сентябре октябрь октября октябре ноябрь ноября ноябре
        декабрь декабря декабре понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье
        секунда секунды секунд минута минуты минуту минут час часа часов день дня дней дню днём днем дни неделя недели
        неделю недель месяц месяца месяцев месяцы квартал квартала кварталов год года лет году годы годов десятилетие
        сутки суток ежечасно ежедневно еженедельно ежемесячно ежеквартально ежегодно рабочих рабочие календарных
        календарные немедленно незамедлительно бессрочно постоянно временно сегодня завтра
        полдень полудня полночь полуночи будни будней выходные выходных полугодие
    """),
}

#: What makes a word its opposite when it stands before it.
NEGATING_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "en": ("un", "in", "im", "il", "ir", "dis", "non", "de", "mis"),
    "de": ("un", "nicht", "in", "ent", "miss", "miß"),
    "fr": ("in", "im", "il", "ir", "non", "dé", "dés", "mal"),
    "ru": ("не", "без", "бес", "анти", "противо", "раз", "рас", "де", "дис"),
}

#: Any other letter that stands alone is a mark: a point of a law, or of a list, or a cross.
WORDS_OF_ONE_LETTER: Mapping[str, frozenset[str]] = {
    "en": _words("a i"),
    "de": _words(""),
    "fr": _words("a à y ô"),
    "ru": _words("а в и к о с у я"),
}

#: What says of a name in which form a company is, and not which one it is.
LEGAL_FORMS = _words("""
    ab ag as bv co company corp corporation gmbh inc incorporated kg limited llc llp lp ltd nv oao ohg ooo oy oyj plc
    pte pty pvt sa sarl sas se sl spa srl the zao зао оао ооо
""")

#: Companies and services whose names are in dictionaries too, where nouns have capitals and a name does not stand out.
COMPANIES = _words("""
    adobe amazon amplitude anthropic apple facebook fedex google hermes ibm intercom mastercard meta microsoft oracle
    paypal sap segment sentry slack snowflake stripe telekom twitter ups visa vodafone yahoo youtube zoom
""")
