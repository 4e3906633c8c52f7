"""Wrong requests for the feeds, the pages of policies, the ids of a reach and records of processing activities:
parameters, cursors, methods, credentials, addresses."""

from __future__ import annotations

from graph.store.revisions import HIGHEST_NUMBER
from tests.bad_input.credentials import HEADER, UNKNOWN_KEY
from tests.bad_input.ids import encoded
from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, JOB, NOBODY, REQUESTS, STAFF, WITHOUT_SCOPE, authorised, request
from tests.server.issuers import OTHER_RSA_KEY, token
from tests.server.test_tokens import MALFORMED

NOTICES, REVISIONS, POLICY, IDS = "/feed/notices", "/feed/revisions.atom", "/policy", "/reach/3/ids"
RECORD = "/records/3.xlsx"
CHANGES = "/policy/1/changes"
NO_STYLE = "There is no such stylesheet: a page names the one it has"
NO_CURSOR = "This is not a cursor of your feed: give a `next` that it returned, or none to begin at its beginning"
UNREADABLE = "The address cannot be read: write its parameters in UTF-8, each once"
NOTHING = "There is nothing at this address"
NO_POLICY = "No policy was published under this number: /policy is in force"
NO_NUMBER = "No revision has this number: the list of revisions shows those there are"
NO_FORM = "A record has no such form: end its address in .xlsx, .csv, .html, .json"
NO_REVISION = "There is no revision {}: the list of revisions shows those there are"
NEEDED = "this needs an access token with the scope vitrine.service: send Authorization: Bearer …"
LACKING = "this needs the scope vitrine.service, which the access token does not have"
STAFF_NEEDED, STAFF_LACKING = (each.replace("vitrine.service", "vitrine.staff") for each in (NEEDED, LACKING))
#: Not in the graph of these tests, in which no product tells anybody.
PLACE = '"2/REVISION/SOFTWARE_PRODUCT/example-buyer","2026-10-06T12:00:00.000000Z"'


def got(address: str, who: str | None = REQUESTS) -> bytes:
    return request("GET", address, authorised(who), length=None)


def parameters(name: str, query: str, message: str, address: str = NOTICES, who: str = REQUESTS) -> Row:
    return Row(name, got(f"{address}?{query}", who), 400, "INVALID_INPUT", message)


def limit(name: str, text: str, shown: str) -> Row:
    return parameters(name, f"limit={text}", f"`limit` is {shown}: give a whole number from 1 to 200")


def before(name: str, text: str) -> Row:
    return parameters(name, f"before={text}", f"give a whole number from 1 to {HIGHEST_NUMBER}", REVISIONS)


def day(name: str, text: str, shown: str | None = None) -> Row:
    return parameters(name, f"on={text}", f"`on` is '{text if shown is None else shown}'", POLICY)


def after(name: str, cursor: str) -> Row:
    return parameters(name, f"after={cursor}", NO_CURSOR)


def place(name: str, parts: str) -> Row:
    """A cursor as the feed writes them, with these parts."""
    return after(name, encoded(f'["after","notices for requests",{parts}]'))


def method(name: str, address: str, allowed: str) -> Row:
    return Row(f"{name} {address}", request(name, address, authorised(REQUESTS)), 405, "METHOD_NOT_ALLOWED", allowed)


def credential(name: str, status: int, code: str, message: str, *given: str, address: str = NOTICES) -> Row:
    headers = [("Authorization", each) for each in given]
    return Row(name, request("GET", address, headers, length=None), status, code, message)


def nowhere(name: str, address: str, message: str = NO_POLICY, who: str | None = NOBODY) -> Row:
    return Row(name, got(address, who), 404, "NO_SUCH_ADDRESS", message)


def no_revision(name: str, number: int) -> Row:
    return Row(name, got(f"/reach/{number}/ids", STAFF), 404, "NOT_FOUND", NO_REVISION.format(number))


def record(name: str, of: str, shown: str) -> Row:
    return parameters(name, f"of={of}", f"`of` is {shown}: give controller or processors", RECORD, STAFF)


def no_number(name: str, given: str) -> Row:
    return nowhere(name, f"/reach/{given}/ids", NO_NUMBER, STAFF)


PARAMETERS = (
    limit("no items", "0", "'0'"),
    limit("fewer than none", "-1", "'-1'"),
    limit("one too many", "201", "'201'"),
    limit("400 digits", "9" * 400, f"'{'9' * 200}'…"),
    limit("a fraction", "1.5", "'1.5'"),
    limit("an exponent", "1e2", "'1e2'"),
    limit("hexadecimal", "0x10", "'0x10'"),
    limit("a word", "many", "'many'"),
    limit("a space before the number", "+5", "' 5'"),
    limit("digits of another script", "%D9%A3", "'٣'"),
    limit("digits with a mark between", "1_0", "'1_0'"),
    limit("two with a semicolon between", "5;limit=6", "'5;limit=6'"),
    limit("a percent sign that means nothing", "%u0035", "'%u0035'"),
    parameters("the limit twice", "limit=5&limit=5", "`limit` is in the address twice: send it once"),
    parameters("the limit twice, once percent-encoded", "limit=5&%6Cimit=6", "`limit` is in the address twice"),
    parameters("the cursor twice", "after=x&after=y", "`after` is in the address twice: send it once"),
    parameters("another parameter", "before=5", "There is no parameter 'before': use after and limit, or none"),
    parameters("a parameter in capitals", "LIMIT=5", "There is no parameter 'LIMIT'"),
    parameters("a parameter with brackets", "limit[]=5", "There is no parameter 'limit[]'"),
    parameters("a product", "product=websites", "There is no parameter 'product'"),
    parameters("a person", "subject=example-buyer", "There is no parameter 'subject'"),
    parameters("21 parameters", "&".join(f"a{n}=1" for n in range(21)), UNREADABLE),
    parameters("bytes that are no text", "limit=%ff%fe", UNREADABLE),
    parameters("half a character of UTF-8", "after=%c3", UNREADABLE),
    parameters("a surrogate in UTF-8", "after=%ed%a0%80", UNREADABLE),
    before("before none", "0"),
    before("before a negative number", "-5"),
    before("before a number of 65 bits", "9223372036854775808"),
    before("before a word", "now"),
    before("before nothing that is seen", "%E2%80%8B"),
    parameters("before twice", "before=2&before=1", "`before` is in the address twice: send it once", REVISIONS),
    parameters("a page", "page=2", "There is no parameter 'page': use before, or none", REVISIONS),
    parameters("a date in the address of the policy", "asOf=2026-10-01", "There is no parameter 'asOf'", POLICY),
    day("a day without zeros", "2019-1-1"),
    day("a day that there is not", "2019-02-30"),
    day("a week", "2019-W01-1"),
    day("a time", "2019-01-01T00:00:00Z"),
    day("a day in year 0", "0000-01-01"),
    day("a day of another calendar", "%D9%A2%D9%A0%D9%A1%D9%A9-01-01", "٢٠١٩-01-01"),
    day("a day and NUL", "2019-01-01%00", "2019-01-01\\x00"),
    day("a day and a new line", "2019-01-01%0A", "2019-01-01\\n"),
    day("400 digits for a day", "9" * 400, "9" * 200),
    parameters("a day twice", "on=2019-01-01&on=2019-01-01", "`on` is in the address twice: send it once", POLICY),
    parameters("a day of one revision", "on=2019-01-01", "'on': this address takes none", "/policy/1"),
    parameters("changes from a word", "from=one", "`from` is 'one': give a whole number from 1 to", CHANGES),
    parameters("changes from number 0", "from=0", "`from` is '0': give a whole number from 1 to", CHANGES),
    parameters("changes from a number of 65 bits", "from=9223372036854775808", "give a whole number", CHANGES),
    parameters("changes from two", "from=1&from=2", "`from` is in the address twice: send it once", CHANGES),
    parameters("changes to", "to=2", "There is no parameter 'to': use from, or none", CHANGES),
    parameters("a change", "change=x", "There is no parameter 'change'", IDS, STAFF),
    parameters("a limit on ids", "limit=5", "There is no parameter 'limit'", IDS, STAFF),
    record("a record of nobody", "nobody", "'nobody'"),
    record("a record in capitals", "CONTROLLER", "'CONTROLLER'"),
    record("a record of both", "controller,processors", "'controller,processors'"),
    record("a record of one processor", "google", "'google'"),
    record("a record with a space", "controller%20", "'controller '"),
    record("a record of 400 letters", "x" * 400, f"'{'x' * 200}'…"),
    parameters("a record twice", "of=controller&of=controller", "`of` is in the address twice", RECORD, STAFF),
    parameters("a record as of a date", "asOf=2026-10-01", "There is no parameter 'asOf'", RECORD, STAFF),
)

CURSORS = (
    after("not base64", "!!!"),
    after("a percent sign", "%"),
    after("a number", "5"),
    after("an offset", encoded("arrayconnection:50")),
    after("NUL", "%00"),
    after("other letters", "%D0%BA%D1%83%D1%80%D1%81%D0%BE%D1%80"),
    after("too long", "W" * 8_193),
    after("60 KB", "W" * 60_000),
    after("JSON as it is", "%5B%22after%22%2C1%5D"),
    Row(
        "of a list of GraphQL",
        lambda given: got(f"{NOTICES}?after={given['cursor of services']}"),
        400,
        "INVALID_INPUT",
        NO_CURSOR,
    ),
    after("of another product", encoded(f'["after","notices for websites",1,{PLACE}]')),
    after("of no product", encoded(f'["after","notices for ",1,{PLACE}]')),
    place("of a place that is not there", f"1,{PLACE}"),
    place("page 0", f"0,{PLACE}"),
    place("a negative page", f"-1,{PLACE}"),
    place("a page as a text", f'"1",{PLACE}'),
    place("a page as a truth", f"true,{PLACE}"),
    place("a page of 65 bits", f"9223372036854775808,{PLACE}"),
    place("no id", '1,"","2026-10-06T12:00:00.000000Z"'),
    place("an id that is a number", '1,2,"2026-10-06T12:00:00.000000Z"'),
    place("an id with half a character", '1,"\\ud800","2026-10-06T12:00:00.000000Z"'),
    place("no time", '1,"2/REVISION/SOFTWARE_PRODUCT/x"'),
    place("more than there is", f'1,{PLACE},"x"'),
    place("a place in a list", f"[1,{PLACE}]"),
)

METHODS = (
    *(method(each, NOTICES, "Read the feed by GET") for each in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")),
    Row(f"HEAD {NOTICES}", request("HEAD", NOTICES, authorised(REQUESTS), length=None), 405),
    *(method(each, REVISIONS, "Read this by GET or HEAD") for each in ("POST", "PUT", "DELETE", "OPTIONS")),
    *(method(each, POLICY, "Read this by GET or HEAD") for each in ("POST", "DELETE", "PROPFIND")),
    *(method("POST", each, "Read this by GET or HEAD") for each in (CHANGES, "/styles/pages.css")),
    *(method(each, IDS, "Read the ids by GET") for each in ("POST", "PUT", "DELETE", "OPTIONS")),
    Row(f"HEAD {IDS}", request("HEAD", IDS, authorised(STAFF), length=None), 405),
    *(method(each, RECORD, "Read the record by GET") for each in ("POST", "PUT", "DELETE", "OPTIONS")),
    Row(f"HEAD {RECORD}", request("HEAD", RECORD, authorised(STAFF), length=None), 405),
)

CREDENTIALS = (
    credential("none", 401, "UNAUTHENTICATED", NEEDED),
    credential("a person's", 403, "FORBIDDEN", LACKING, f"Bearer {BUYER}"),
    credential("one of staff", 403, "FORBIDDEN", LACKING, f"Bearer {STAFF}"),
    credential("a job's", 403, "FORBIDDEN", LACKING, f"Bearer {JOB}"),
    credential("one without a scope", 403, "FORBIDDEN", LACKING, f"Bearer {WITHOUT_SCOPE}"),
    credential("a bad one", 401, "UNAUTHENTICATED", MALFORMED, "Bearer x"),
    credential("one of a stranger", 401, "UNAUTHENTICATED", UNKNOWN_KEY, f"Bearer {token(key=OTHER_RSA_KEY, kid='x')}"),
    credential("two", 401, "UNAUTHENTICATED", HEADER, f"Bearer {REQUESTS}", f"Bearer {REQUESTS}"),
    credential("in the address", 401, "UNAUTHENTICATED", NEEDED, address=f"{NOTICES}?access_token={REQUESTS}"),
    credential("a webhook's secret", 401, "UNAUTHENTICATED", MALFORMED, "Bearer whsec_TmV3IHNlY3JldA=="),
    credential("a bad one where none is needed", 401, "UNAUTHENTICATED", MALFORMED, "Bearer x", address=REVISIONS),
    credential("a bad one for the policy", 401, "UNAUTHENTICATED", MALFORMED, "Bearer x", address=POLICY),
    credential("none for ids", 401, "UNAUTHENTICATED", STAFF_NEEDED, address=IDS),
    credential("a person's for ids", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {BUYER}", address=IDS),
    credential("a service's for ids", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {REQUESTS}", address=IDS),
    credential("a job's for ids", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {JOB}", address=IDS),
    credential("one without a scope for ids", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {WITHOUT_SCOPE}", address=IDS),
    credential("one in the address for ids", 401, "UNAUTHENTICATED", STAFF_NEEDED, address=f"{IDS}?token={STAFF}"),
    credential("none for a record", 401, "UNAUTHENTICATED", STAFF_NEEDED, address=RECORD),
    credential("a person's for a record", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {BUYER}", address=RECORD),
    credential("a service's for a record", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {REQUESTS}", address=RECORD),
    credential("a job's for a record", 403, "FORBIDDEN", STAFF_LACKING, f"Bearer {JOB}", address=RECORD),
)

ADDRESSES = (
    nowhere("a draft", "/policy/3"),
    nowhere("a number that there is not", "/policy/77"),
    nowhere("number 0", "/policy/0"),
    nowhere("a negative number", "/policy/-1", NO_NUMBER),
    nowhere("400 digits", f"/policy/{'9' * 400}", NO_NUMBER),
    nowhere("a word", "/policy/latest", NO_NUMBER),
    nowhere("NUL", "/policy/1%00", NO_NUMBER),
    nowhere("a digit of another script", "/policy/%D9%A1", NO_NUMBER),
    nowhere("a number and a suffix", "/policy/1.html", NO_NUMBER),
    nowhere("nothing", "/policy/", NOTHING),
    nowhere("something below", "/policy/1/text", NOTHING),
    nowhere("changes of a draft", "/policy/3/changes"),
    nowhere("changes from a draft", f"{CHANGES}?from=3"),
    nowhere("changes of a number that there is not", "/policy/77/changes"),
    nowhere("changes from a number that there is not", f"{CHANGES}?from=77"),
    nowhere("changes of a word", "/policy/latest/changes", NO_NUMBER),
    nowhere("a slash after changes", f"{CHANGES}/", NOTHING),
    nowhere("another stylesheet", "/styles/pages.css", NO_STYLE),
    nowhere("a stylesheet of another folder", "/styles/..%2fpages.css", NOTHING),
    nowhere("another folder", "/policy/..%2f..%2fetc%2fpasswd", NOTHING),
    nowhere("another feed", "/feed/revisions.rss", NOTHING),
    nowhere("the feeds", "/feed", NOTHING),
    nowhere("a slash at the end", "/feed/notices/", NOTHING),
    no_revision("ids of number 0", 0),
    no_revision("ids of a revision that there is not", 77),
    no_revision("ids of the highest number", HIGHEST_NUMBER),
    no_revision("ids of a number beyond the highest", 9_999_999_999),
    no_number("ids of a negative number", "-1"),
    no_number("ids of 400 digits", "9" * 400),
    no_number("ids of a word", "draft"),
    no_number("ids of NUL", "1%00"),
    no_number("ids of a digit of another script", "%D9%A1"),
    nowhere("ids of nothing", "/reach//ids", NOTHING, STAFF),
    nowhere("a reach", "/reach/3", NOTHING, STAFF),
    nowhere("a slash after ids", f"{IDS}/", NOTHING, STAFF),
    Row("a record of number 77", got("/records/77.csv", STAFF), 404, "NOT_FOUND", NO_REVISION.format(77)),
    nowhere("a record of number -1", "/records/-1.csv", NO_NUMBER, STAFF),
    nowhere("a record of 400 digits", f"/records/{'9' * 400}.csv", NO_NUMBER, STAFF),
    nowhere("a record of a word", "/records/draft.csv", NO_NUMBER, STAFF),
    nowhere("a record of two numbers", "/records/1.2.csv", NO_NUMBER, STAFF),
    nowhere("a record of a digit of another script", "/records/%D9%A1.csv", NO_NUMBER, STAFF),
    nowhere("a record as PDF", "/records/3.pdf", NO_FORM, STAFF),
    nowhere("a record in capitals", "/records/3.XLSX", NO_FORM, STAFF),
    nowhere("a record of NUL", "/records/3.csv%00", NO_FORM, STAFF),
    nowhere("a record without a form", "/records/3", NOTHING, STAFF),
    nowhere("a record of another folder", "/records/..%2f3.csv", NOTHING, STAFF),
    nowhere("records", "/records/", NOTHING, STAFF),
)
